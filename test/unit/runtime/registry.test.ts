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

test('a schema is found by its id', async () => {
  const registry = await answering(200, { schema: JSON.stringify(record) });
  expect(await registry.schemaOf(1)).toEqual(record);
});

test('a schema that is only a name is found too', async () => {
  const registry = await answering(200, { schemaType: 'AVRO', schema: '"string"' });
  expect(await registry.schemaOf(1)).toEqual({ type: 'string' });
});

test('an id that the registry does not know has no schema', async () => {
  const registry = await answering(404, { error_code: 40403, message: 'Schema not found' });
  expect(await registry.schemaOf(1)).toBeNull();
});

test.each([0, -1, -(2 ** 31)])('the id %d is not even asked for', async (id) => {
  const registry = await answering(500, {});
  expect(await registry.schemaOf(id)).toBeNull();
});

test.each([
  ['of another kind', { schemaType: 'PROTOBUF', schema: 'message A {}' }],
  ['that is no JSON', { schema: 'record A' }],
])('a schema %s is none for us, and not a registry that is down', async (_, body) => {
  const registry = await answering(200, body);
  expect(await registry.schemaOf(1)).toBeNull();
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
