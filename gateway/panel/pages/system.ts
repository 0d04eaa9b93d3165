import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Health } from '../../../runtime/health.ts';
import { allTopics, type Topic } from '../../../schemas/topics.ts';
import type { FlowSource } from '../../read/flow.ts';
import type { TableSource } from '../../read/tables.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import type { ShownSetting } from '../shown-settings.ts';
import { numberIn } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';

/** What the gateway knows of itself and of what it works with. */
export type SystemFacts = {
  readonly source: TableSource;
  readonly kafkaAnswers: () => Promise<boolean>;
  readonly databaseAnswers: () => Promise<boolean>;
  /** Null while Kafka cannot be asked. */
  readonly flow: FlowSource['flow'];
  readonly health: Pick<Health, 'conditions'>;
  readonly loopDelayMs: () => number;
  readonly settings: readonly ShownSetting[];
  readonly versions: readonly (readonly [name: string, version: string])[];
};

/** How a part is, in a word and a colour. */
type PartView = { readonly name: string; readonly tone: 'good' | 'bad' | 'moving'; text: string };

/** The parts that the gateway can see; of other processes it sees only what they write. */
export async function partViews(facts: SystemFacts, words: Words): Promise<readonly PartView[]> {
  const { system, language } = words;
  const { parts, well } = system;
  const [kafka, database] = await Promise.all([facts.kafkaAnswers(), facts.databaseAnswers()]);
  const number = (value: number) => numberIn(language, Math.round(value));
  const { restored, total } = facts.source.progress();
  const restoring = facts.source.tables() === null;
  return [
    { name: parts.gateway, tone: 'good', text: system.loopDelay(number(facts.loopDelayMs())) },
    { name: parts.kafka, tone: kafka ? 'good' : 'bad', text: kafka ? well : system.kafkaAway },
    {
      name: parts.tables,
      tone: restoring ? 'moving' : 'good',
      text: restoring ? system.tablesRestoring(number(restored), number(total)) : well,
    },
    {
      name: parts.database,
      tone: database ? 'good' : 'bad',
      text: database ? well : system.databaseAway,
    },
  ];
}

/** The conditions of this process, as a list of things to mend. */
export const conditionViews = ({ health }: Pick<SystemFacts, 'health'>, { language }: Words) =>
  health.conditions().map(({ code, subject, count, message }) => ({
    code,
    subject,
    count: numberIn(language, count),
    message,
  }));

const dayMs = 24 * 60 * 60 * 1000;

function topicView(topic: Topic, { system }: Words) {
  const { cleanup, retentionMs } = topic;
  return {
    name: topic.name,
    kind: system.kinds[topic.kind],
    key: topic.key,
    partitions: topic.partitions,
    kept: cleanup === 'compact' ? system.compacted : system.days(Math.round(retentionMs / dayMs)),
    writers: topic.writers.join(', '),
    readers: topic.readers.join(', '),
  };
}

/** /system */
export function systemPages({ facts }: { readonly facts: SystemFacts }): FastifyPluginAsyncTypebox {
  const onRequest = requireVisitor(null);
  return async (app) => {
    app.get('/system', { onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const { system } = words;
      const data = {
        words: system,
        parts: await partViews(facts, words),
        conditions: conditionViews(facts, words),
        versions: facts.versions.map(([name, version]) => ({ name, version })),
        settings: facts.settings.map(({ name, value, isSecret, isSet }) => ({
          name,
          isSecret,
          text: isSecret ? (isSet ? system.isSet : system.isUnset) : value,
          isSet,
        })),
        topicCount: system.topicCount(allTopics.length),
        topics: allTopics.map((topic) => topicView(topic, words)),
      };
      return sendPage(reply, { view: 'system', title: system.title, section: 'system', data });
    });
  };
}
