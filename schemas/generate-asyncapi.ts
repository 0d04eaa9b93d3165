import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type AvroNode, expandSchema, loadSchemas } from './load.ts';
import { allTopics, type RecordName, type Role, subjectOf, type Topic, topics } from './topics.ts';

const root = join(import.meta.dirname, '..');

/** Where the document is written; a test fails when the file is stale. */
export const asyncApiFile = join(root, 'docs', 'asyncapi.yaml');

type Json = Readonly<Record<string, unknown>>;
type Action = 'send' | 'receive';

const namespace = 'ru.vestnik';
const bindingVersion = '0.5.0';
const avroFormat = 'application/vnd.apache.avro+json;version=1.9.0';
const letterName = 'DeadLetter';
const deletedName = 'DeletedRow';
const lineChars = 100;
const dayMs = 24 * 60 * 60 * 1000;

/** What a kind of topic promises to whoever reads or writes it. */
const kindTexts: Readonly<Record<Topic['kind'], string>> = {
  events:
    'Things that happened, read in the order of their partition. The same event may be sent ' +
    'again with the same id.',
  table: 'The newest record of a key is its row; a record without a value deletes the row.',
  commands: 'Work that this system hands to itself; nobody else writes or reads it.',
  memory: 'What this system remembers so as to do it once; nobody else writes or reads it.',
  rendered: 'Ready texts with addresses, exactly once for a reader that is read_committed.',
  facts: 'What was decided or done here, for whoever asks later.',
  journal: 'What was begun, and what the vendor answered.',
  raw: 'Records that could not be worked on: key and value as they came, the reason in headers.',
};

const letterSummary = 'A record that could not be worked on, with the reason.';

/** The headers of a dead letter; a test holds them equal to those that are written. */
const letterHeaders: Readonly<Record<string, string>> = {
  'dead-letter.code': 'Which kind of reason, a code of the table of errors.',
  'dead-letter.reason': 'The reason as a sentence, with the field or row at hand.',
  'dead-letter.process': 'The program that found out.',
  'dead-letter.topic': 'Topic of the original record.',
  'dead-letter.partition': 'Its partition, in digits.',
  'dead-letter.offset': 'Its offset, in digits.',
  'dead-letter.timestamp-ms': 'Its timestamp, milliseconds since 1970-01-01 UTC, in digits.',
  'dead-letter.left-out-bytes': 'How much of it is too large for a letter and was left out.',
};

const pascal = (words: string) =>
  words.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
const listed = (roles: readonly Role[]) => (roles.length > 0 ? roles.join(', ') : 'nobody');
const ref = (path: string): Json => ({ $ref: `#/${path}` });
const messagesOf = ({ schema, cleanup }: Topic) => [
  schema ?? letterName,
  ...(cleanup === 'compact' ? [deletedName] : []),
];
const fromUpstream = ({ writers }: Topic) => writers.includes('upstream');

/** Where a record lies, for those who write or read the topic. */
function keyText(topic: Topic): string {
  const { name, key, keyField, coPartition, kind } = topic;
  const same = keyField === null ? '' : `, the same text as the value's \`${keyField}\``;
  const said =
    key === 'partition' ? 'No key: the writer names the partition.' : `Key: ${key}${same}.`;
  const keyed = fromUpstream(topic) || kind === 'rendered';
  const murmur = keyed
    ? " Partition: murmur2 of the key, as Java's default partitioner chooses it " +
      '(`partitioner=murmur2_random` in librdkafka).'
    : '';
  const aside = fromUpstream(topic) && coPartition ? ' A row in another one is set aside.' : '';
  const joined =
    coPartition && coPartition !== name
      ? ` As many partitions as ${coPartition}: they are joined partition by partition.`
      : '';
  return said + murmur + aside + joined;
}

function channelOf(topic: Topic, summary: string | undefined): Json {
  const { name, kind, partitions, cleanup, retentionMs, writers, readers } = topic;
  const messages = messagesOf(topic).map((each) => [each, ref(`components/messages/${each}`)]);
  const [kept, what] =
    cleanup === 'compact'
      ? ['delete.retention.ms', 'Only the newest record of a key is kept; a deletion']
      : ['retention.ms', 'A record'];
  return {
    address: name,
    summary,
    description:
      `${kindTexts[kind]}\n\n${keyText(topic)}\n\n` +
      `${what} is kept for ${retentionMs / dayMs} days. ` +
      `Written by: ${listed(writers)}. Read by: ${listed(readers)}.`,
    messages: Object.fromEntries(messages),
    tags: [{ name: kind }],
    bindings: {
      kafka: {
        topic: name,
        partitions,
        topicConfiguration: { 'cleanup.policy': [cleanup], [kept]: retentionMs },
        bindingVersion,
      },
    },
  };
}

function operationOf(action: Action, topic: Topic): Json {
  const ours = topic.writers.filter((role) => role !== 'upstream');
  const told =
    action === 'receive'
      ? `Upstream services write it; it goes to ${listed(topic.readers)}.`
      : `Written by ${listed(ours)}, for ${listed(topic.readers)}.`;
  return {
    action,
    channel: ref(`channels/${topic.name}`),
    summary: told,
    messages: messagesOf(topic).map((each) => ref(`channels/${topic.name}/messages/${each}`)),
  };
}

/** From this side: what upstream writes is received, what a role of ours writes is sent. */
function actionsOf(topic: Topic): Action[] {
  const sent = topic.writers.some((role) => role !== 'upstream');
  return [
    ...(fromUpstream(topic) ? (['receive'] as const) : []),
    ...(sent ? (['send'] as const) : []),
  ];
}

function keyBinding(topic: Topic): Json {
  if (topic.key === 'partition') return {};
  const description =
    topic.keyField === null
      ? `${topic.key}, UTF-8.`
      : `${topic.key}, UTF-8: the same text as the value's \`${topic.keyField}\`.`;
  return { key: { type: 'string', minLength: 1, description } };
}

function avroMessage(topic: Topic, schema: AvroNode): Json {
  return {
    name: schema.name,
    summary: schema.doc,
    contentType: 'avro/binary',
    payload: ref(`components/schemas/${schema.name}`),
    bindings: {
      kafka: {
        ...keyBinding(topic),
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        schemaLookupStrategy: 'TopicNameStrategy',
        bindingVersion,
      },
    },
  };
}

function letterMessage(topic: Topic): Json {
  const headers = Object.entries(letterHeaders).map(([name, description]) => {
    return [name, { type: 'string', description }];
  });
  return {
    name: letterName,
    summary: letterSummary,
    contentType: 'application/octet-stream',
    headers: {
      type: 'object',
      description: "The original's headers, and these. Numbers are written as digits.",
      properties: Object.fromEntries(headers),
    },
    payload: {
      type: 'string',
      format: 'binary',
      description: 'The bytes of the original value, as they came.',
    },
    bindings: {
      kafka: {
        key: { type: 'string', description: `Bytes of ${topic.key}, as they came.` },
        bindingVersion,
      },
    },
  };
}

const deletedMessage: Json = {
  name: deletedName,
  summary: 'A record without a value: the row of this key is deleted.',
  payload: { type: 'null' },
  bindings: {
    kafka: {
      key: { type: 'string', minLength: 1, description: "The row's key, UTF-8." },
      bindingVersion,
    },
  },
};

/** Each record type with one of the topics that carry it; all of them have the same kind of key. */
function carriers(): ReadonlyMap<RecordName, Topic> {
  const pairs = allTopics.flatMap((topic): [RecordName, Topic][] =>
    topic.schema === null ? [] : [[topic.schema, topic]],
  );
  return new Map(pairs);
}

function infoOf(version: string): Json {
  return {
    title: 'Vestnik',
    version,
    description:
      'Domain events on Kafka become e-mails, SMS and messenger messages.\n\n' +
      'An upstream service writes the topics of the `receive` operations and calls nobody. ' +
      'Values are Avro in the Confluent wire format: a zero byte, the four bytes of the ' +
      `schema's id, the data. Subjects are \`<topic>-value\`, as \`${subjectOf(topics.users)}\`; ` +
      'each schema below is written out in full. How to write, what is promised, and what ' +
      'becomes of a record that cannot be used is told in upstream.md beside this file.',
    tags: Object.entries(kindTexts).map(([name, description]) => ({ name, description })),
  };
}

const servers: Json = {
  kafka: {
    host: '{brokers}',
    protocol: 'kafka',
    description: 'The brokers that KAFKA_BROKERS names.',
    variables: {
      brokers: {
        default: '127.0.0.1:9092',
        description: 'KAFKA_BROKERS: host:port, with commas between several.',
      },
    },
    bindings: {
      kafka: {
        schemaRegistryUrl: 'http://127.0.0.1:8081/apis/ccompat/v7',
        schemaRegistryVendor: 'confluent',
        bindingVersion,
      },
    },
  },
};

/**
 * The AsyncAPI 3 document of everything that is written to Kafka, derived from the map of topics
 * and the Avro schemas. AsyncAPI's view is this system's: `receive` is what others write.
 * https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncApiDocument(): Json {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const avro = loadSchemas();
  const docOf = ({ schema }: Topic) =>
    schema === null ? letterSummary : avro.get(`${namespace}.${schema}`)?.doc;
  const operations = allTopics.flatMap((topic) =>
    actionsOf(topic).map((action) => [
      `${action}${pascal(topic.name)}`,
      operationOf(action, topic),
    ]),
  );
  const records = [...carriers()].map(([name, topic]) => {
    return { name, topic, schema: expandSchema(`${namespace}.${name}`, avro) };
  });
  return {
    asyncapi: '3.0.0',
    info: infoOf(version),
    servers,
    defaultContentType: 'avro/binary',
    channels: Object.fromEntries(
      allTopics.map((topic) => [topic.name, channelOf(topic, docOf(topic))]),
    ),
    operations: Object.fromEntries(operations),
    components: {
      messages: {
        ...Object.fromEntries(
          records.map(({ name, topic, schema }) => [name, avroMessage(topic, schema)]),
        ),
        [deletedName]: deletedMessage,
        [letterName]: letterMessage(topics.deadLetters),
      },
      schemas: Object.fromEntries(
        records.map(({ name, schema }) => [name, { schemaFormat: avroFormat, schema }]),
      ),
    },
  };
}

/** The document as YAML, as it is committed. */
export function renderAsyncApi(): string {
  const head = '# Derived from schemas/ by `npm run generate`; do not edit.';
  const options = { lineWidth: lineChars, aliasDuplicateObjects: false };
  return `${head}\n${stringify(asyncApiDocument(), options)}`;
}

if (import.meta.main) writeFileSync(asyncApiFile, renderAsyncApi());
