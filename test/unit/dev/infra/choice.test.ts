import { describe, expect, test } from 'vitest';
import { planInfra } from '../../../../dev/infra/choice.ts';
import { infraChoice } from '../../../../dev/infra/environment.mjs';

const yes = async () => true;
const no = async () => false;
const nobodyAsks = async () => {
  throw new Error('Docker was asked for nothing');
};

const addresses = {
  kafkaBrokers: ['kafka:9092'],
  schemaRegistryUrl: 'http://registry',
  databaseUrl: 'postgres://db/vestnik',
};
const variables = {
  KAFKA_BROKERS: 'kafka:9092',
  SCHEMA_REGISTRY_URL: 'http://registry',
  DATABASE_URL: 'postgres://db/vestnik',
};

describe('planInfra', () => {
  test('given addresses come first, and Docker is not asked', async () => {
    expect(await planInfra(addresses, nobodyAsks)).toEqual({ kind: 'external', addresses });
  });

  test('without addresses: Docker Compose where it answers, else embedded', async () => {
    expect(await planInfra({}, yes)).toEqual({ kind: 'compose' });
    expect(await planInfra({}, no)).toEqual({ kind: 'embedded' });
  });

  test.each(['embedded', 'compose'] as const)('%s, asked for, overrides all', async (infra) => {
    expect(await planInfra({ ...addresses, infra }, nobodyAsks)).toEqual({ kind: infra });
  });

  test.each([
    [{ kafkaBrokers: ['kafka:9092'] }, 'SCHEMA_REGISTRY_URL, DATABASE_URL'],
    [{ ...addresses, databaseUrl: undefined }, 'DATABASE_URL'],
    [{ ...addresses, kafkaBrokers: [] }, 'KAFKA_BROKERS'],
    [{ infra: 'external' as const }, 'KAFKA_BROKERS, SCHEMA_REGISTRY_URL, DATABASE_URL'],
  ])('some addresses are a mistake that names the missing ones: %j', async (choice, missing) => {
    await expect(planInfra(choice, nobodyAsks)).rejects.toThrow(`${missing} is not set`);
  });
});

describe('infraChoice', () => {
  test('reads the three addresses', () => {
    expect(infraChoice(variables)).toEqual({ ...addresses, infra: undefined });
  });

  test('splits brokers and drops the slash at the end of an address', () => {
    const env = { KAFKA_BROKERS: 'a:1, b:2', SCHEMA_REGISTRY_URL: 'http://registry/' };
    const choice = infraChoice(env);
    expect(choice.kafkaBrokers).toEqual(['a:1', 'b:2']);
    expect(choice.schemaRegistryUrl).toBe('http://registry');
  });

  test('white space alone is not set', () => {
    expect(infraChoice({ DATABASE_URL: '  ' }).databaseUrl).toBeUndefined();
  });

  test('a misspelt kind is refused with the words there are', () => {
    expect(() => infraChoice({ VESTNIK_INFRA: 'docker' })).toThrow('external, compose, embedded');
  });
});
