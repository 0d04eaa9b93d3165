import { createRequire } from 'node:module';
import type * as Kafkajs from 'kafkajs';

const require = createRequire(import.meta.url);
const isKafkajs = (path: string) => path.includes('/node_modules/kafkajs/');

/** Loads a module of kafkajs as it comes: a copy of its own, which our patches do not touch. */
function requireStock<T>(name: string): T {
  const patched = Object.entries(require.cache).filter(([path]) => isKafkajs(path));
  for (const [path] of patched) delete require.cache[path];
  const { NODE_ENV: environment = '' } = process.env;
  // Under "test", which is what vitest says, the package waits for shorter times.
  process.env['NODE_ENV'] = 'production';
  try {
    return require(name) as T;
  } finally {
    process.env['NODE_ENV'] = environment;
    for (const path of Object.keys(require.cache)) if (isKafkajs(path)) delete require.cache[path];
    for (const [path, module] of patched) require.cache[path] = module;
  }
}

const { Kafka, logLevel, Partitioners } = requireStock<typeof Kafkajs>('kafkajs');

/** A client as somebody would write it without knowing of the defects. */
export function openStock(
  broker: string,
  settings: Partial<Kafkajs.KafkaConfig> = {},
): {
  readonly kafka: Kafkajs.Kafka;
  producer(transactionalId: string, retry?: Kafkajs.RetryOptions): Kafkajs.Producer;
} {
  const base = { brokers: [broker], clientId: 'stock', logLevel: logLevel.NOTHING };
  const kafka = new Kafka({ ...base, ...settings });
  return {
    kafka,
    producer: (transactionalId, retry) =>
      kafka.producer({
        transactionalId,
        maxInFlightRequests: 1,
        createPartitioner: Partitioners.DefaultPartitioner,
        ...(retry ? { retry } : {}),
      }),
  };
}
