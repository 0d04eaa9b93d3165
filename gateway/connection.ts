import { join } from 'node:path';
import { failureOf, isRemade } from '../runtime/begin-anew.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Config } from '../runtime/config.ts';
import { describeError, toVestnikError } from '../runtime/errors.ts';
import { type GlobalTables, openGlobalTables } from '../runtime/global-tables.ts';
import type { Health } from '../runtime/health.ts';
import { connectKafka, type KafkaClient } from '../runtime/kafka/client.ts';
import { openProducer } from '../runtime/kafka/producer.ts';
import type { Log } from '../runtime/log.ts';
import { openSerde } from '../runtime/serde.ts';
import { type TopicWatch, watchTopics } from '../runtime/topic-watch.ts';
import { answerWithin } from './http/answer-within.ts';
import { notNow } from './http/problem.ts';
import { type ChangePerson, openPeoplePens } from './people/people-pens.ts';
import type { BoundedReads } from './read/bounded-reads.ts';
import { type FanOutPositions, readFanOutPositions } from './read/fan-out-ends.ts';
import { type FlowSource, readFlow, shareFlow } from './read/flow.ts';
import { type LaneText, type LaneTexts, readLaneText, textLanes } from './read/lane-texts.ts';
import { openLetterContents, type ReadLetterContent } from './read/letter-content.ts';
import { joinPeople, type People } from './read/people.ts';
import { gatewayTopics, gatewayWordFields, type TableSource } from './read/tables.ts';
import { refused } from './templates/authored.ts';
import { type ChangeTemplate, openTemplateWriter } from './templates/writer.ts';
import { createPublisher, type Publish, writtenTopics } from './write/publisher.ts';

/** The gateway's side of Kafka. It can be asked at any time, also while there is no Kafka. */
export type Connection = TableSource &
  FlowSource & {
    readonly publish: Publish;
    readonly changeTemplate: ChangeTemplate;
    readonly changePerson: ChangePerson;
    readonly letterContent: ReadLetterContent;
    /** Everyone, to be gone through; null as long as the tables are. */
    people(): People | null;
    /** How far fan-outs are; null while there is nobody to ask. */
    fanOutPositions(): Promise<FanOutPositions | null>;
    readonly laneText: LaneTexts;
    /** Whether a broker answers now. */
    kafkaAnswers(): Promise<boolean>;
    /** Rejects when waiting cannot help. */
    readonly failed: Promise<never>;
    close(): Promise<void>;
  };

type ConnectionOptions = {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly health: Health;
  /** For the offsets of the history. */
  readonly reads: BoundedReads;
};

/** What is there once Kafka and the registry answered. */
type Link = {
  readonly globals: GlobalTables<typeof gatewayTopics>;
  readonly people: People;
  readonly watch: TopicWatch;
  readonly publish: Publish;
  readonly changeTemplate: ChangeTemplate;
  readonly changePerson: ChangePerson;
  readonly letterContent: ReadLetterContent;
  readonly kafkaAnswers: () => Promise<boolean>;
  readonly flow: FlowSource['flow'];
  readonly fanOutPositions: Connection['fanOutPositions'];
  readonly laneText: LaneTexts;
  readonly close: () => Promise<void>;
};

/** Load balancers give a probe a few seconds; one answer takes milliseconds. */
const probeDeadlineMs = 2000;
/** A person waits for the page, and reads the rest of the story without. */
const laneDeadlineMs = 2000;
const minBackOffMs = 200;
const maxBackOffMs = 5000;
/** What cannot be ended sooner is left behind: a process that stops is given 20 s in all. */
const closeDeadlineMs = 10_000;

/** Asks for metadata; all who ask at once share one request. */
function createProbe({ cluster }: KafkaClient, clock: Clock): () => Promise<boolean> {
  let asked: Promise<boolean> | null = null;
  const ask = async () => {
    try {
      await cluster.refreshMetadata();
      return true;
    } catch {
      return false;
    } finally {
      asked = null;
    }
  };
  return () => {
    asked ??= ask();
    return answerWithin({ clock, deadlineMs: probeDeadlineMs, work: asked, late: false });
  };
}

/** Reads a text from its lane, within a time. */
function laneTexts(parts: Parameters<typeof readLaneText>[0], clock: Clock): LaneTexts {
  const late: LaneText = { kind: 'notReachable' };
  return (place) => {
    const work = readLaneText(parts, place).catch(() => late);
    return answerWithin({ clock, deadlineMs: laneDeadlineMs, work, late });
  };
}

async function openLink(options: ConnectionOptions, signal: AbortSignal): Promise<Link> {
  const { config, log, clock } = options;
  const opened = new AsyncDisposableStack();
  try {
    const clientId = `${config.appId}-gateway`;
    const kafka = await connectKafka({ brokers: config.kafkaBrokers, clientId, log });
    opened.defer(() => kafka.close());
    const used = [...new Set([...writtenTopics, ...textLanes, ...Object.values(gatewayTopics)])];
    const serde = await openSerde({
      registryUrl: config.schemaRegistryUrl,
      topics: used,
      log,
      clock,
      signal,
    });
    // A topic that is not made yet must be found missing before a store is opened.
    const names = used.map(({ name }) => name);
    const watch = await watchTopics({ kafka, topics: names, log, clock });
    opened.defer(() => watch.close());
    const producer = openProducer({ kafka, log });
    opened.defer(() => producer.close());
    const directory = join(config.dataDir, 'state', 'gateway');
    const globals = await openGlobalTables({
      kafka,
      serde,
      tables: gatewayTopics,
      wordFields: gatewayWordFields,
      directory,
      log,
      clock,
      health: options.health,
      process: 'gateway',
    });
    opened.defer(() => globals.close());
    const writing = { kafka, serde, globals, clock, log, signal };
    const asked = { kafka, appId: config.appId, reads: options.reads };
    return {
      globals,
      people: joinPeople(globals.partitions),
      watch,
      publish: createPublisher({ producer, serde, clock, log }),
      changeTemplate: openTemplateWriter({
        ...writing,
        transactionalId: `${config.appId}-templates`,
      }),
      changePerson: openPeoplePens({ ...writing, appId: config.appId }),
      letterContent: openLetterContents({ ...writing, registryUrl: config.schemaRegistryUrl }),
      kafkaAnswers: createProbe(kafka, clock),
      flow: shareFlow(() => readFlow(asked), clock),
      fanOutPositions: shareFlow(() => readFanOutPositions(asked), clock),
      laneText: laneTexts({ kafka, serde }, clock),
      close: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** Tries until it works, the signal is aborted (null), or an error comes that will not pass. */
async function openPatiently(
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<Link | null> {
  let backOffMs = minBackOffMs;
  while (!signal.aborted) {
    try {
      return await openLink(options, signal);
    } catch (error) {
      if (signal.aborted) break;
      if (!toVestnikError(error, 'INTERNAL').retryable) throw error;
      options.log.warn({ reason: describeError(error), backOffMs }, 'not connected; tried again');
      await options.clock.sleep(backOffMs, signal);
      backOffMs = Math.min(backOffMs * 2, maxBackOffMs);
    }
  }
  return null;
}

const notConnected = notNow('Kafka is not connected yet.');

/** Connects in the background: whoever listens meanwhile can say what is missing. */
export function connectInBackground(options: ConnectionOptions): Connection {
  const closing = new AbortController();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  let link: Link | null = null;

  async function connect(): Promise<void> {
    try {
      const opened = await openPatiently(options, closing.signal);
      if (closing.signal.aborted) return await opened?.close();
      link = opened;
      if (opened) follow(opened).catch(failed.reject);
    } catch (error) {
      failed.reject(error);
    }
  }

  /** Begins anew when a topic was made anew; anything else that fails is not to be waited out. */
  async function follow(opened: Link): Promise<void> {
    const failure = await failureOf({ failed: opened.globals.failed, watch: opened.watch });
    if (closing.signal.aborted) return;
    if (!isRemade(failure)) throw failure;
    options.log.warn({ code: 'TOPIC_REMADE' }, describeError(failure));
    link = null;
    await opened.close();
    connecting = connect();
  }

  let connecting = connect();
  return {
    tables: () => (link?.globals.caughtUp() ? link.globals.tables : null),
    people: () => (link?.globals.caughtUp() ? link.people : null),
    progress: () => link?.globals.progress() ?? { restored: 0, total: 0 },
    publish: async (records) => (link ? link.publish(records) : { kind: 'busy' }),
    changeTemplate: async (asked) => (link ? link.changeTemplate(asked) : refused(notConnected)),
    changePerson: async (id, change) =>
      link ? link.changePerson(id, change) : refused(notConnected),
    letterContent: async (letter) => (link ? link.letterContent(letter) : null),
    kafkaAnswers: async () => (link ? link.kafkaAnswers() : false),
    flow: async () => (link ? link.flow() : null),
    fanOutPositions: async () => (link ? link.fanOutPositions() : null),
    laneText: async (place) => (link ? link.laneText(place) : { kind: 'notReachable' }),
    failed: failed.promise,
    async close() {
      closing.abort(new DOMException('the gateway is stopped', 'AbortError'));
      const { clock } = options;
      const work = connecting.then(() => link?.close());
      await answerWithin({ clock, deadlineMs: closeDeadlineMs, work, late: undefined });
    },
  };
}
