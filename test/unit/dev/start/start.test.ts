import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SampleRow, sampleRows } from '../../../../dev/samples/rows.ts';
import { ensureApiKey, readApiKey } from '../../../../dev/start/api-key.ts';
import { readEndpoints, removeEndpoints, writeEndpoints } from '../../../../dev/start/endpoints.ts';
import { chooseGatewayPort } from '../../../../dev/start/gateway-port.ts';
import { contentOf, planSamples } from '../../../../dev/start/load-samples.ts';
import { roleEnvironment } from '../../../../dev/start/system.ts';
import { exampleRequest, welcomeText } from '../../../../dev/start/welcome.ts';
import { wordsFor } from '../../../../dev/words.ts';
import { loadConfig } from '../../../../runtime/config.ts';
import type { Header } from '../../../../runtime/kafka/record.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'vestnik-start-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const words = wordsFor('en');
const endpoints = {
  gateway: 'http://127.0.0.1:8080',
  kafka: '127.0.0.1:9092',
  schemaRegistry: 'http://127.0.0.1:8081/apis/ccompat/v7',
  postgres: 'postgres://vestnik:secret@127.0.0.1:5432/vestnik',
  inbox: 'http://127.0.0.1:8025',
};

describe('the API key', () => {
  test('is made up once, and its owner alone can read it', () => {
    expect(readApiKey(dataDir)).toBeUndefined();
    const key = ensureApiKey(dataDir);
    expect(key).toMatch(/^[\w-]{32}$/);
    expect(ensureApiKey(dataDir)).toBe(key);
    expect(readApiKey(dataDir)).toBe(key);
    expect(statSync(join(dataDir, 'api-key')).mode & 0o777).toBe(0o600);
  });

  test('an empty file is no key; one that others could read is closed', () => {
    writeFileSync(join(dataDir, 'api-key'), '\n', { mode: 0o644 });
    const key = ensureApiKey(dataDir);
    expect(key).not.toBe('');
    writeFileSync(join(dataDir, 'api-key'), 'known', { mode: 0o644 });
    expect(ensureApiKey(dataDir)).toBe('known');
    expect(statSync(join(dataDir, 'api-key')).mode & 0o777).toBe(0o600);
  });
});

describe('endpoints.json', () => {
  test('holds exactly the addresses, and goes when the system goes', () => {
    expect(readEndpoints(dataDir)).toBeUndefined();
    writeEndpoints(dataDir, endpoints);
    const written = JSON.parse(readFileSync(join(dataDir, 'endpoints.json'), 'utf8'));
    expect(written).toEqual(endpoints);
    expect(readEndpoints(dataDir)).toEqual(endpoints);
    removeEndpoints(dataDir);
    removeEndpoints(dataDir);
    expect(readEndpoints(dataDir)).toBeUndefined();
  });
});

describe('the port of the gateway', () => {
  async function withTakenPort(check: (port: number) => Promise<void>): Promise<void> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await check((server.address() as { port: number }).port);
    } finally {
      server.close();
    }
  }

  test('one that was asked for and is taken is an error that names it', () =>
    withTakenPort(async (port) => {
      const env = { PORT: String(port) };
      await expect(chooseGatewayPort(env, port, words)).rejects.toThrow(`Port ${port} is taken`);
    }));

  test('one that was asked for and is free is taken as it is', async () => {
    let free = 0;
    await withTakenPort(async (port) => {
      free = port;
    });
    expect(await chooseGatewayPort({ PORT: String(free) }, free, words)).toEqual({
      port: free,
      fixed: true,
    });
  });

  test('0 leaves the choice to the system, and nothing is some free port', async () => {
    expect(await chooseGatewayPort({ PORT: '0' }, 0, words)).toEqual({ port: 0, fixed: true });
    const chosen = await chooseGatewayPort({ PORT: ' ' }, 8080, words);
    expect(chosen.fixed).toBe(false);
    expect(chosen.port).toBeGreaterThan(0);
  });
});

describe('the settings of the roles', () => {
  const parts = {
    infra: {
      kafkaBrokers: ['a:1', 'b:2'],
      schemaRegistryUrl: 'http://registry',
      databaseUrl: 'postgres://db/vestnik',
    },
    inbox: {
      smtpUrl: 'smtp://127.0.0.1:1025',
      twilioBaseUrl: 'http://127.0.0.1:8025',
      telegramApiRoot: 'http://127.0.0.1:8025',
    },
    apiKey: 'secret',
    dataDir: '/data',
  };

  test('are those of what was started', () => {
    const config = loadConfig(roleEnvironment({}, parts));
    expect(config).toMatchObject({
      kafkaBrokers: ['a:1', 'b:2'],
      schemaRegistryUrl: 'http://registry',
      databaseUrl: 'postgres://db/vestnik',
      dataDir: '/data',
      production: false,
      apiKeys: [{ name: 'development', secret: 'secret' }],
    });
  });

  test('nothing reaches a real vendor, whatever the environment says', () => {
    const env = {
      SMTP_URL: 'smtps://user:pass@mail.example.com',
      TWILIO_BASE_URL: 'https://api.twilio.com',
      TELEGRAM_API_ROOT: 'https://api.telegram.org',
      NODE_ENV: 'production',
    };
    const config = loadConfig(roleEnvironment(env, parts));
    expect(config.email.smtpUrl).toBe(parts.inbox.smtpUrl);
    expect(config.sms.baseUrl).toBe(parts.inbox.twilioBaseUrl);
    expect(config.messenger.apiRoot).toBe(parts.inbox.telegramApiRoot);
  });

  test('keys of the environment stay beside the one made up', () => {
    const config = loadConfig(roleEnvironment({ API_KEYS: 'ci:abc' }, parts));
    expect(config.apiKeys.map(({ name }) => name)).toEqual(['ci', 'development']);
  });
});

describe('planSamples', () => {
  const [first, second] = sampleRows as [SampleRow, SampleRow];
  const rows = [first, second];
  const record = (header?: string) => {
    const headers: Header[] = header ? [['vestnik.sample', Buffer.from(header)]] : [];
    return { headers };
  };
  const ours = { ourCluster: true };

  test('an empty topic gets all rows', () => {
    expect(planSamples(rows, new Map(), ours)).toEqual({ write: rows, kept: 0, foreign: false });
  });

  test('a second start writes nothing', () => {
    const newest = new Map(rows.map((row) => [row.key, record(contentOf(row))]));
    expect(planSamples(rows, newest, ours)).toEqual({ write: [], kept: 2, foreign: false });
  });

  test('a row whose source has changed is written again', () => {
    const newest = new Map([
      [first.key, record('of an older version')],
      [second.key, record(contentOf(second))],
    ]);
    expect(planSamples(rows, newest, ours).write).toEqual([first]);
  });

  test('what somebody else wrote or deleted stays as it is', () => {
    const newest = new Map([[first.key, record()]]);
    expect(planSamples(rows, newest, ours)).toMatchObject({ write: [second], kept: 1 });
  });

  test('a cluster of others gets nothing into a topic with rows of theirs', () => {
    const newest = new Map([['their-key', record()]]);
    expect(planSamples(rows, newest, { ourCluster: false })).toEqual({
      write: [],
      kept: 0,
      foreign: true,
    });
    expect(planSamples(rows, new Map(), { ourCluster: false }).write).toEqual(rows);
  });
});

describe('the welcome', () => {
  const system = {
    endpoints,
    infraKind: 'embedded' as const,
    apiKey: 'the-key',
    loginUrl: `${endpoints.gateway}/login/link/once`,
    logPath: '/data/logs/vestnik.log',
  };

  test('holds every address and a request that can be pasted', () => {
    const text = welcomeText(system, words);
    for (const address of Object.values(endpoints)) expect(text).toContain(address);
    expect(text).toContain(`${endpoints.gateway}/docs`);
    expect(text).toContain(`${endpoints.gateway}/login/link/once`);
    expect(text).toContain("-H 'Authorization: Bearer the-key'");
    expect(text).toContain(`-d '${exampleRequest}'`);
    expect(JSON.parse(exampleRequest)).toEqual({
      template_id: '1',
      movie_id: '1',
      user_ids: '1, 2, 3',
    });
  });

  test('does not show the password of somebody else’s database', () => {
    const text = welcomeText({ ...system, infraKind: 'external' }, words);
    expect(text).not.toContain('secret');
    expect(text).toContain('postgres://vestnik:***@127.0.0.1:5432/vestnik');
  });

  test('has no link for an account that was disabled', () => {
    expect(welcomeText({ ...system, loginUrl: null }, words)).not.toContain(words.logIn);
  });

  test('speaks Russian, too', () => {
    expect(welcomeText(system, wordsFor('ru'))).toContain('Вестник работает.');
  });
});
