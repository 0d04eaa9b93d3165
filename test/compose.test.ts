import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { composeAddresses, composeServices } from '../dev/infra/compose.ts';
import { brokerProperties } from '../dev/infra/kafka/properties.ts';
import { databases } from '../dev/infra/postgres/server.ts';
import { loadConfig } from '../runtime/config.ts';
import { composeVariables, readCompose, type Service } from './integration/support/compose-file.ts';

const root = join(import.meta.dirname, '..');
const compose = readCompose();
/** What `npm start` needs, and what catches mails. */
const infrastructure = [...composeServices, 'mailpit'];
const roles = ['deploy', 'processors', 'connectors', 'gateway'];
const forDevelopment = ['inbox', 'inbox-connectors', 'samples'];
const services = Object.entries(compose.services);
const infraServices = services.filter(([name]) => infrastructure.includes(name));
const roleServices = services.filter(([name]) => !infrastructure.includes(name));

function service(name: string): Service {
  const found = compose.services[name];
  if (!found) throw new Error(`no service ${name}`);
  return found;
}

/** The container's port behind a published one. */
function published(name: string): Map<number, number> {
  const pairs = (service(name).ports ?? []).map((text) => text.split(':').map(Number));
  return new Map(pairs.map(([, host = 0, inside = 0]) => [host, inside]));
}

test('has the infrastructure, the roles, and what development needs beside them', () => {
  const names = Object.keys(compose.services).toSorted();
  expect(names).toEqual([...infrastructure, ...roles, ...forDevelopment].toSorted());
  const profiled = services.filter(([, { profiles }]) => profiles?.includes('dev'));
  expect(profiled.map(([name]) => name).toSorted()).toEqual(forDevelopment.toSorted());
});

describe.each(infraServices)('%s', (_name, each) => {
  test('has an image of a fixed version', () => {
    expect(each.image).toMatch(/^[a-z][\w./-]*:v?\d+\.\d+(\.\d+)?$/);
  });

  test('has a health check with bounds', () => {
    expect(each.healthcheck?.test?.[0]).toBe('CMD');
    expect(each.healthcheck).toMatchObject({
      interval: expect.stringMatching(/^\d+s$/),
      timeout: expect.stringMatching(/^\d+s$/),
      retries: expect.any(Number),
    });
  });

  test('publishes its ports on loopback only', () => {
    expect(each.ports?.length).toBeGreaterThan(0);
    for (const port of each.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });
});

describe.each(roleServices)('%s', (name, each) => {
  test('is built here, and can write nowhere but in its volume', () => {
    expect(each.build?.context).toBe('.');
    expect(each.build?.target).toBe(each['image'] === 'vestnik-dev' ? 'dev' : 'product');
    expect(each).toMatchObject({ read_only: true, cap_drop: ['ALL'], tmpfs: ['/tmp'] });
  });

  test('starts again when it ends, or is a step that ends well', () => {
    const isStep = ['deploy', 'samples'].includes(name);
    expect(each['restart']).toBe(isStep ? 'on-failure:5' : 'unless-stopped');
  });

  test('finds its neighbours by their names', () => {
    const { KAFKA_BROKERS: brokers } = each.environment ?? {};
    expect(brokers).toBe(name === 'inbox' ? undefined : 'kafka:9094');
  });
});

test('the gateway alone is published, on port 80 unless .env says otherwise', () => {
  expect(service('gateway').ports).toEqual(['80:8080']);
  expect(readCompose({ GATEWAY_LISTEN: '127.0.0.1:8080' }).services['gateway']?.ports).toEqual([
    '127.0.0.1:8080:8080',
  ]);
  const others = roleServices.filter(([name]) => name !== 'gateway');
  const open = others.flatMap(([, { ports = [] }]) => ports);
  expect(open.filter((each) => !each.startsWith('127.0.0.1:'))).toEqual([]);
});

test('each variable of the file is explained in .env.example', () => {
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const named = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(composeVariables()));
});

describe.each(services)('%s', (_name, each) => {
  test('mounts declared volumes and files that exist', () => {
    for (const volume of each.volumes ?? []) {
      const [source = '', target] = volume.split(':');
      // A volume without a name belongs to one container.
      if (target === undefined) continue;
      const isFile = source.startsWith('./');
      const known = isFile ? existsSync(join(root, source)) : source in compose.volumes;
      expect({ source, known }).toEqual({ source, known: true });
    }
  });

  test('waits for services that are healthy, or steps that ended well', () => {
    for (const [name, { condition }] of Object.entries(each.depends_on ?? {})) {
      expect(Object.keys(compose.services)).toContain(name);
      const isStep = ['deploy', 'samples'].includes(name);
      expect(condition).toBe(isStep ? 'service_completed_successfully' : 'service_healthy');
    }
  });
});

test('every declared volume is used, and those with data have one', () => {
  const used = services.flatMap(([, { volumes = [] }]) =>
    volumes.map((each) => each.split(':')[0]),
  );
  expect(used).toEqual(expect.arrayContaining(Object.keys(compose.volumes)));
  for (const name of ['kafka', 'postgres', 'mailpit']) {
    expect(service(name).volumes?.length).toBeGreaterThan(0);
  }
});

test('the addresses are those of the configuration’s defaults', () => {
  const { kafkaBrokers, schemaRegistryUrl, databaseUrl } = loadConfig({});
  expect(composeAddresses).toEqual({ kafkaBrokers, schemaRegistryUrl, databaseUrl });
});

test('each address is published by its service', () => {
  const config = loadConfig({});
  const portOf = (url: string) => Number(new URL(url).port);
  const [broker = ''] = config.kafkaBrokers;
  expect(published('kafka').get(portOf(`tcp://${broker}`))).toBe(9092);
  expect(published('registry').get(portOf(config.schemaRegistryUrl))).toBe(8080);
  expect(published('postgres').get(portOf(config.databaseUrl))).toBe(5432);
  expect(published('mailpit').get(portOf(config.email.smtpUrl))).toBe(1025);
});

test('user, password and databases are those of the addresses', () => {
  const url = new URL(composeAddresses.databaseUrl);
  const postgres = service('postgres').environment;
  expect(postgres).toMatchObject({
    POSTGRES_USER: url.username,
    POSTGRES_PASSWORD: url.password,
    POSTGRES_DB: url.pathname.slice(1),
  });
  expect(url.pathname).toBe(`/${databases.history}`);
  expect(service('registry').environment).toMatchObject({
    APICURIO_DATASOURCE_URL: `jdbc:postgresql://postgres:5432/${databases.registry}`,
    APICURIO_DATASOURCE_USERNAME: url.username,
    APICURIO_DATASOURCE_PASSWORD: url.password,
  });
  const script = service('postgres').volumes?.find((each) => each.endsWith('.sql:ro')) ?? '';
  const sql = readFileSync(join(root, script.split(':')[0] ?? ''), 'utf8');
  expect(sql).toContain(`CREATE DATABASE ${databases.registry};`);
});

test('the broker is set up as the embedded one, but for places', () => {
  const places = [
    'log.dirs',
    'listeners',
    'advertised.listeners',
    'controller.quorum.voters',
    // The embedded broker needs no map: its listeners have the names of their protocols.
    'listener.security.protocol.map',
  ];
  const embedded = brokerProperties({ broker: 9092, controller: 9093 }, '/data')
    .trim()
    .split('\n')
    .map((line) => line.split('=') as [string, string]);
  const inContainer = Object.entries(service('kafka').environment ?? {})
    .filter(([name]) => name.startsWith('KAFKA_'))
    .map(([name, value]): [string, string] => [
      name.slice('KAFKA_'.length).toLowerCase().replaceAll('_', '.'),
      String(value),
    ]);
  const elsewhere = (list: [string, string][]) =>
    Object.fromEntries(list.filter(([name]) => !places.includes(name)));
  expect(elsewhere(inContainer)).toEqual(elsewhere(embedded));
});

test('clients are told the address that the configuration expects', () => {
  const { KAFKA_ADVERTISED_LISTENERS: advertised } = service('kafka').environment ?? {};
  const [outside] = composeAddresses.kafkaBrokers;
  expect(advertised).toBe(`PLAINTEXT://${outside},INSIDE://kafka:9094`);
});
