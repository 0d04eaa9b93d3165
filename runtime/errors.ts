/**
 * The one table of error codes. `retryable` says whether the same call may work later with nothing
 * changed; the message says what happened and what the reader can do.
 */
export const errorTable = {
  CONFIG_INVALID: {
    retryable: false,
    message: 'The configuration is not usable. Correct the environment variables named below.',
  },
  KAFKA_UNAVAILABLE: {
    retryable: true,
    message: 'Kafka does not answer. Check KAFKA_BROKERS and that the brokers are up.',
  },
  KAFKA_BUSY: {
    retryable: true,
    message:
      'Kafka is there, but not ready yet: a coordinator or a leader is loading or moving.' +
      ' Nothing is to be done; work goes on by itself.',
  },
  KAFKA_PROTOCOL: {
    retryable: false,
    message: 'Kafka refused a request. The code below says why; check topic, rights and versions.',
  },
  CLIENT_CHANGED: {
    retryable: false,
    message:
      'The installed kafkajs is not the one that was examined. Run `npm ci`. After an update on ' +
      'purpose: compare the file below with the one of before, let the tests of ' +
      'test/integration/client pass, and write its hash into runtime/kafka/client-sources.ts.',
  },
  PRODUCER_FENCED: {
    retryable: true,
    message: 'Another process took this partition over. Work goes on where the group gives it to.',
  },
  TRANSACTION_FAILED: {
    retryable: true,
    message: 'A transaction did not finish. The partition is taken over again from its offset.',
  },
  OFFSET_OUT_OF_RANGE: {
    retryable: false,
    message: 'An offset is not in its topic. Records were deleted, or the topic was made anew.',
  },
  RECORD_TOO_LARGE: {
    retryable: false,
    message:
      'A record is larger than this system takes. Shorten its texts or lists at their source.',
  },
  REGISTRY_UNAVAILABLE: {
    retryable: true,
    message: 'The schema registry does not answer. Check SCHEMA_REGISTRY_URL; work waits for it.',
  },
  SCHEMA_NOT_REGISTERED: {
    retryable: true,
    message: 'A schema of this version is not in the registry. Run `npm run deploy` first.',
  },
  SCHEMA_INCOMPATIBLE: {
    retryable: false,
    message: 'The registry refused a schema. Change it so that old records stay readable.',
  },
  TOPIC_MISSING: {
    retryable: true,
    message: 'A topic does not exist. Run `npm run deploy` first.',
  },
  TOPIC_MISMATCH: {
    retryable: false,
    message:
      'A topic exists with other settings. Correct it or the topic map; nothing was altered.',
  },
  WRONG_PARTITION: {
    retryable: false,
    message:
      'A key lies in the wrong partition. Its writer must partition by murmur2 of the key: ' +
      'partitioner=murmur2_random in librdkafka, the default in Java and kafkajs.',
  },
  STORE_UNUSABLE: {
    retryable: false,
    message: 'A store on disk cannot be used. Free space or remove the folder; it is rebuilt.',
  },
  STORE_FULL: {
    retryable: false,
    message:
      'A partition of a table is larger than a process may hold. Give the topic more partitions.',
  },
  NOT_AVRO: {
    retryable: false,
    message: 'The bytes are no Avro in Confluent wire format. Its writer must use the registry.',
  },
  SCHEMA_UNKNOWN: {
    retryable: false,
    message:
      'The registry has no Avro schema of this id. Its writer must register the schema first.',
  },
  RECORD_UNREADABLE: {
    retryable: false,
    message: 'The bytes do not fit their schema. Its writer sent a damaged or foreign record.',
  },
  KEY_MISSING: {
    retryable: false,
    message: 'The record has no key. Its writer must set the key that the topic map names.',
  },
  VALUE_MISSING: {
    retryable: false,
    message: 'The record has no value. Only tables may have records without one.',
  },
  KEY_UNREADABLE: {
    retryable: false,
    message:
      'The key is no plain UTF-8 text. Its writer must use a string serializer for keys ' +
      '(StringSerializer in Java), not the one of Avro or JSON.',
  },
  KEY_NOT_ID: {
    retryable: false,
    message:
      'The key is not the id in the value. Its writer must use the id as the key, as plain text.',
  },
  FIELD_TOO_LARGE: {
    retryable: false,
    message:
      'A field is larger than a notification may carry. Shorten it at its source. If it is a ' +
      "row's, redrive then (`npm run redrive`); if the event's, write it again with the same id.",
  },
  DATE_OUT_OF_RANGE: {
    retryable: false,
    message:
      'A time is not in the years 1 to 9999. Its writer must write milliseconds, or say ' +
      'timestamp-micros in its schema.',
  },
  EVENT_ID_MISSING: {
    retryable: false,
    message: 'The event has no id. Its writer must give each event an id of its own.',
  },
  EVENT_ID_REUSED: {
    retryable: false,
    message:
      'Another event has the same id. Its writer must give each event an id of its own; only a ' +
      'repeat of the same event may have the same.',
  },
  RECORD_FAILED: {
    retryable: false,
    message: 'The work on a record failed, and would fail again. Report it with the reason.',
  },
  ROW_UNREADABLE: {
    retryable: false,
    message:
      'The newest row of a key cannot be read, so that person gets nothing. Its writer must ' +
      'write the row again.',
  },
  ROW_REFUSED: {
    retryable: false,
    message:
      'PostgreSQL does not take the row of this record, so the history lacks it. The manual ' +
      '(appendix A) says what the SQLSTATE below means; correct the tables or the writer.',
  },
  PARTITIONS_CHANGED: {
    retryable: false,
    message:
      'A topic has another number of partitions than before, so keys lie elsewhere now. Make the ' +
      'topic anew with the former number, or follow docs/operations.md.',
  },
  TOPIC_REMADE: {
    retryable: true,
    message: 'A topic was made anew. What was kept of the former one is forgotten.',
  },
  MOVIE_UNKNOWN: {
    retryable: false,
    message:
      'The movie of the event is not in the movies topic. Publish it, then redrive: ' +
      '`npm run redrive`.',
  },
  COMMENT_UNKNOWN: {
    retryable: false,
    message:
      'The parent comment is not in the comments topic. Publish it, then redrive: ' +
      '`npm run redrive`.',
  },
  TEMPLATE_UNKNOWN: {
    retryable: false,
    message:
      'No template for this kind of event. Publish one to the templates topic, then ' +
      'redrive: `npm run redrive`.',
  },
  AUDIENCE_UNKNOWN: {
    retryable: false,
    message:
      'The request is for nobody that we know. List people in userIds, or name an audience: ' +
      'all, movie:<id>, genre:<name>.',
  },
  UNDECLARED_TOPIC: {
    retryable: false,
    message: 'A processor wrote to a topic that it does not declare. Add it to its outputs.',
  },
  DELIVERY_GAVE_UP: {
    retryable: false,
    message:
      'The vendor put a notification off too many times. See the reason; to send it again all ' +
      'the same, `npm run redrive -- --code DELIVERY_GAVE_UP`.',
  },
  REPLAY_REFUSED: {
    retryable: false,
    message: 'A replayed record stood where people are reached. Write replays to their own topics.',
  },
  DATABASE_UNAVAILABLE: {
    retryable: true,
    message: 'PostgreSQL does not answer. Check DATABASE_URL and that the server is up.',
  },
  DATABASE_MISMATCH: {
    retryable: false,
    message:
      'The tables in PostgreSQL were made by another version. Run the newest one, or drop the ' +
      'tables: they are rebuilt from the topics.',
  },
  CREDENTIALS_UNAVAILABLE: {
    retryable: true,
    message:
      'API keys and log-ins cannot be checked, so nobody is let in by them. Check DATABASE_URL, ' +
      'that PostgreSQL is up, and its schema gateway; keys in API_KEYS go on working.',
  },
  NOBODY_ADMITTED: {
    retryable: true,
    message:
      'Nobody can log in to the gateway or call it: there is no account and no API key. Make ' +
      'the first account with `npm run admin -- --name Anna` (in the image: the role `admin`), ' +
      'or set API_KEYS.',
  },
  INTERNAL: {
    retryable: false,
    message: 'A defect of this program. Report it with the lines around this one.',
  },
} as const satisfies Readonly<Record<string, { retryable: boolean; message: string }>>;

export type ErrorCode = keyof typeof errorTable;

/** An error with a code of the table. `detail` names the case at hand, never an address. */
export class VestnikError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, detail: string, options?: { readonly cause?: unknown }) {
    super(`${errorTable[code].message} (${detail})`, options);
    this.name = 'VestnikError';
    this.code = code;
    this.retryable = errorTable[code].retryable;
  }
}

/** The text of anything that can be thrown. Never throws itself, whatever it is given. */
export function describeError(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message || error.name) : String(error);
  } catch {
    return 'an error that cannot be printed';
  }
}

/** A proxy can throw when it is only asked what it is. */
function isVestnikError(error: unknown): error is VestnikError {
  try {
    return error instanceof VestnikError;
  } catch {
    return false;
  }
}

/** Wraps anything that was thrown; an error that has a code already keeps it. Never throws. */
export function toVestnikError(error: unknown, fallback: ErrorCode): VestnikError {
  if (isVestnikError(error)) return error;
  return new VestnikError(fallback, describeError(error), { cause: error });
}
