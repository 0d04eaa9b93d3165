import { expect, test } from 'vitest';
import { type Environment, loadConfig } from '../../../runtime/config.ts';
import { VestnikError } from '../../../runtime/errors.ts';

function refusalOf(env: Environment): VestnikError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof VestnikError) return error;
  }
  throw new Error('the configuration was taken');
}

/** Each value is wrong in its own way; those of URLs hold a password as well. */
const mistakes = {
  PORT: '65536',
  KAFKA_BROKERS: 'kafka-1:9092,kafka-2',
  SCHEMA_REGISTRY_URL: 'reader:hidden-1@registry',
  DATABASE_URL: 'mysql://vestnik:hidden-2@localhost/vestnik',
  SMTP_URL: 'smtp//user:hidden-3@mail',
  TWILIO_BASE_URL: 'ftp://user:hidden-4@twilio',
  TELEGRAM_API_ROOT: '://user:hidden-5@telegram',
  API_KEYS: 'good:hidden-6,:hidden-7',
  LOG_LEVEL: 'loud',
  EMAIL_PER_SECOND: '0',
  SMS_PER_SECOND: 'ten',
  MESSENGER_PER_SECOND: '1e9',
};

test('all mistakes are told together', () => {
  const { code, message } = refusalOf(mistakes);
  expect(code).toBe('CONFIG_INVALID');
  for (const name of Object.keys(mistakes)) expect(message).toContain(name);
});

test.each(Object.entries(mistakes))('%s alone is told alone', (name, value) => {
  const { message } = refusalOf({ [name]: value });
  const others = Object.keys(mistakes).filter((other) => other !== name);
  expect(message).toContain(name);
  for (const other of others) expect(message).not.toContain(other);
});

test('a secret never gets into the message', () => {
  expect(refusalOf(mistakes).message).not.toMatch(/hidden|reader/);
});

test('without an environment the defaults are those of a developer machine', () => {
  const config = loadConfig({});
  expect(config).toMatchObject({
    kafkaBrokers: ['127.0.0.1:9092'],
    host: '127.0.0.1',
    port: 8080,
    appId: 'vestnik',
    production: false,
    apiKeys: [],
    healthPort: null,
  });
});

test.each(['', '  ', undefined])('a setting of %j counts as not set', (empty) => {
  const env = Object.fromEntries([...Object.keys(mistakes), 'HOST'].map((name) => [name, empty]));
  expect(loadConfig(env)).toEqual(loadConfig({}));
});

test('what is set is taken, without the space and the slash around it', () => {
  const config = loadConfig({
    KAFKA_BROKERS: ' kafka-1:9092, kafka-2:9093 ',
    SCHEMA_REGISTRY_URL: 'https://registry.example/',
    PORT: '0',
    HEALTH_PORT: '9100',
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
  });
  expect(config).toMatchObject({
    kafkaBrokers: ['kafka-1:9092', 'kafka-2:9093'],
    schemaRegistryUrl: 'https://registry.example',
    port: 0,
    healthPort: 9100,
    production: true,
    logLevel: 'warn',
  });
});

test('a secret may hold colons, and several keys are told apart', () => {
  const { apiKeys } = loadConfig({ API_KEYS: 'panel:a:b:c, importer:d,' });
  expect(apiKeys).toEqual([
    { name: 'panel', secret: 'a:b:c' },
    { name: 'importer', secret: 'd' },
  ]);
});
