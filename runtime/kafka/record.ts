/** A header of a record: a name and raw bytes. */
export type Header = readonly [name: string, value: Buffer | null];

/** A record as it was read. Offsets fit in a number: 2^53 is far beyond any partition. */
export type KafkaRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
};

/** A record to be written. Without `partition` the murmur2 of the key decides, as in Java. */
export type OutgoingRecord = {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly partition?: number;
  readonly headers?: readonly Header[];
};
