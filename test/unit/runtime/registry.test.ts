import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openRegistry } from '../../../runtime/registry.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server | undefined;

/** A registry over the wire that answers as the test wants it to. */
async function registryThat(answer: Answer) {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return openRegistry(`http://127.0.0.1:${port}`);
}

const answering = (status: number, body: unknown) =>
  registryThat((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = undefined;
});

const record = { type: 'record', name: 'A', fields: [] };
const missing = { ok: false, reason: 'the registry does not have it' };

test('a schema is found by its id', async () => {
  const registry = await answering(200, { schema: JSON.stringify(record) });
  expect(await registry.schemaOf(1)).toEqual({ ok: true, schema: record, named: [] });
});

test('a schema that is only a name is found too', async () => {
  const registry = await answering(200, { schemaType: 'AVRO', schema: '"string"' });
  expect(await registry.schemaOf(1)).toEqual({ ok: true, schema: 'string', named: [] });
});

test('an id that the registry does not know has no schema', async () => {
  const registry = await answering(404, { error_code: 40403, message: 'Schema not found' });
  expect(await registry.schemaOf(1)).toEqual(missing);
});

test.each([0, -1, -(2 ** 31)])('the id %d is not even asked for', async (id) => {
  const registry = await answering(500, {});
  expect(await registry.schemaOf(id)).toEqual(missing);
});

test.each([
  [
    'of another kind',
    { schemaType: 'PROTOBUF', schema: 'message A {}' },
    'it is PROTOBUF, not Avro',
  ],
  ['that is no JSON', { schema: 'record A' }, 'it is no JSON'],
])('a schema %s is none for us, and not a registry that is down', async (_, body, reason) => {
  const registry = await answering(200, body);
  expect(await registry.schemaOf(1)).toEqual({ ok: false, reason });
});

test.each([
  ['a server error', 500, { error_code: 50001, message: 'no store' }],
  ['a gateway that is busy', 503, 'busy'],
  ['somebody who has no such page', 404, '<html>nothing here</html>'],
  ['a page', 200, '<html>welcome</html>'],
  ['an answer without a schema', 200, {}],
  ['a refusal of our rights', 401, { error_code: 40101, message: 'who are you' }],
])('%s is a registry that is down', async (_, status, body) => {
  const registry = await answering(status, body);
  const down = { code: 'REGISTRY_UNAVAILABLE', retryable: true };
  await expect(registry.schemaOf(1)).rejects.toMatchObject(down);
});

test('so is a connection that is cut in the middle', async () => {
  const registry = await registryThat((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"schema":');
    response.socket?.destroySoon();
  });
  await expect(registry.schemaOf(1)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('so is nobody at the address', async () => {
  const registry = await answering(200, {});
  await new Promise((resolve) => server?.close(resolve));
  await expect(registry.schemaOf(1)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  const asked = registry.idOf('a-value', record);
  await expect(asked).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});

test('a schema that is not registered under the subject has no id', async () => {
  const registry = await answering(404, { error_code: 40401, message: 'Subject not found' });
  expect(await registry.idOf('a-value', record)).toBeNull();
});

test('a schema that the registry refuses is incompatible', async () => {
  const registry = await registryThat((request, response) => {
    const refused = request.method === 'POST';
    response.writeHead(refused ? 409 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error_code: refused ? 409 : 40401, message: 'incompatible' }));
  });
  const registered = registry.register('a-value', record);
  const refusal = { code: 'SCHEMA_INCOMPATIBLE', retryable: false };
  await expect(registered).rejects.toMatchObject(refusal);
});

/** A registry of some schemas: by id, and by subject and version. */
const holding = (schemas: Readonly<Record<string, object>>) =>
  registryThat((request, response) => {
    const found = schemas[request.url ?? ''];
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { error_code: 40402, message: 'Version not found' }));
  });
const text = (name: string, fields: readonly object[] = []) =>
  JSON.stringify({ type: 'record', name, fields });
const refersTo = (...subjects: readonly string[]) => ({
  references: subjects.map((subject) => ({ name: subject, subject, version: 1 })),
});

test('references are followed, what is referred to comes first, each once', async () => {
  const registry = await holding({
    '/schemas/ids/7': { schema: text('A'), ...refersTo('b', 'c') },
    '/subjects/b/versions/1': { schema: text('B'), ...refersTo('c') },
    '/subjects/c/versions/1': { schema: text('C') },
  });
  expect(await registry.schemaOf(7)).toEqual({
    ok: true,
    schema: { type: 'record', name: 'A', fields: [] },
    named: ['C', 'B'].map((name) => ({ type: 'record', name, fields: [] })),
  });
});

test('a reference that leads nowhere is told', async () => {
  const registry = await holding({
    '/schemas/ids/7': { schema: text('A'), ...refersTo('a b') },
  });
  const reason = 'it refers to a b version 1, which the registry does not have';
  expect(await registry.schemaOf(7)).toEqual({ ok: false, reason });
});

test('references in a ring, or without end, come to one', async () => {
  const ring = await holding({
    '/schemas/ids/7': { schema: text('A'), ...refersTo('b') },
    '/subjects/b/versions/1': { schema: text('B'), ...refersTo('c') },
    '/subjects/c/versions/1': { schema: text('C'), ...refersTo('b') },
  });
  expect(await ring.schemaOf(7)).toMatchObject({ ok: true });
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));

  let asked = 0;
  const endless = await registryThat((_, response) => {
    asked += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ schema: text('A'), ...refersTo(`next-${asked}`) }));
  });
  const reason = 'it refers to more than 100 schemas';
  expect(await endless.schemaOf(7)).toEqual({ ok: false, reason });
});

type Level = { compatibilityLevel: string };
/** A registry with one subject at a level; answers what level was set in the end. */
async function registerAt(level: string, wanted: 'BACKWARD_TRANSITIVE' | 'FULL_TRANSITIVE') {
  const config: Level = { compatibilityLevel: level };
  const registry = await registryThat((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (request.method === 'PUT') {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        config.compatibilityLevel = (JSON.parse(body) as { compatibility: string }).compatibility;
        response.end(body);
      });
    } else {
      response.end(JSON.stringify(request.method === 'POST' ? { id: 9 } : config));
    }
  });
  const id = await registry.register('a-value', record, wanted).catch((error: Error) => error);
  return [id, config.compatibilityLevel];
}

test.each(['NONE', 'BACKWARD_TRANSITIVE', 'FULL_TRANSITIVE'])(
  'a subject that others write to is FULL_TRANSITIVE, after it was %s',
  async (before) => {
    expect(await registerAt(before, 'FULL_TRANSITIVE')).toEqual([9, 'FULL_TRANSITIVE']);
  },
);

test.each(['BACKWARD', 'FORWARD', 'FORWARD_TRANSITIVE', 'FULL'])(
  'a level that somebody chose, %s, is refused and stays',
  async (chosen) => {
    for (const wanted of ['BACKWARD_TRANSITIVE', 'FULL_TRANSITIVE'] as const) {
      const [error, level] = await registerAt(chosen, wanted);
      expect(error).toMatchObject({ code: 'SCHEMA_INCOMPATIBLE' });
      expect(level).toBe(chosen);
    }
  },
);

test.each([
  [1, 9],
  [Number.POSITIVE_INFINITY, expect.objectContaining({ code: 'SCHEMA_INCOMPATIBLE' })],
])(
  'a rule that another deploy makes at this moment, %s times, is looked at again',
  async (...row) => {
    const [conflicts, expected] = row;
    let refusals = 0;
    const registry = await registryThat((request, response) => {
      const headers = { 'content-type': 'application/json' };
      if (request.method === 'PUT' && refusals < conflicts) {
        refusals += 1;
        const message = "A rule named 'COMPATIBILITY' already exists.";
        response.writeHead(409, headers).end(JSON.stringify({ error_code: 409, message }));
        return;
      }
      const isThere = refusals > 0 && Number.isFinite(conflicts);
      const level = { compatibilityLevel: 'FULL_TRANSITIVE' };
      const none = { error_code: 40408, message: 'no level of its own' };
      if (request.method === 'GET') {
        response
          .writeHead(isThere ? 200 : 404, headers)
          .end(JSON.stringify(isThere ? level : none));
        return;
      }
      response.writeHead(200, headers).end(JSON.stringify({ id: 9 }));
    });
    const answer = registry.register('a-value', record, 'FULL_TRANSITIVE').catch((error) => error);
    expect(await answer).toEqual(expected);
    expect(refusals).toBe(Number.isFinite(conflicts) ? 1 : 3);
  },
);
