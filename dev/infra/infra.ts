/** Where Kafka, the schema registry and PostgreSQL come from. */
export type InfraKind = 'external' | 'compose' | 'embedded';

/** The addresses of running infrastructure. */
export type Addresses = {
  /** host:port of each broker. */
  readonly kafkaBrokers: readonly string[];
  /** The base address of the Confluent API, path included. */
  readonly schemaRegistryUrl: string;
  /** With user and password. */
  readonly databaseUrl: string;
};

export type Infra = Addresses & {
  readonly kind: InfraKind;
  /** Rejects when a part of it that we started ends by itself; else it never settles. */
  readonly failed: Promise<never>;
  /** Ends what we started, in order; nothing of it is left afterwards. May be called twice. */
  stop(): Promise<void>;
};
