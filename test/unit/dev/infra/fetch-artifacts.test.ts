import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fetchInto, listedArtifacts } from '../../../../dev/infra/fetch-artifacts.mjs';
import { kafkaVersion } from '../../../../dev/infra/programs.mjs';

const never = new AbortController().signal;
const sha1Of = (text: string) => createHash('sha1').update(text).digest('hex');
/** A hundred files that hold their own paths. */
const artifacts = Array.from({ length: 100 }, (_, at) => {
  const path = `org/example/none/${at}/none-${at}.pom`;
  return { path, sha1: sha1Of(`/${path}`) };
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'vestnik-artifacts-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('all are put where Maven looks for them, once', async () => {
  let asked = 0;
  const from = await serve(({ url }, response) => {
    asked += 1;
    response.end(url);
  });
  const repository = folder();
  expect(await fetchInto(repository, artifacts, { signal: never, from })).toBe(0);
  for (const { path } of artifacts) {
    expect(readFileSync(join(repository, path), 'utf8')).toBe(`/${path}`);
  }
  expect(await fetchInto(repository, artifacts, { signal: never, from })).toBe(0);
  expect(asked).toBe(artifacts.length);
});

test('what is not what the list says is left to Maven', async () => {
  const from = await serve((_request, response) => void response.end('something else'));
  const repository = folder();
  const [first] = artifacts;
  const missing = await fetchInto(repository, artifacts.slice(0, 1), { signal: never, from });
  expect(missing).toBe(1);
  expect(existsSync(join(repository, String(first?.path)))).toBe(false);
});

test('a network that does not let us is no failure', async () => {
  const from = await serve((request) => void request.socket.destroy());
  expect(await fetchInto(folder(), artifacts, { signal: never, from })).toBe(artifacts.length);
});

test('one who is asked to stop does', async () => {
  const from = await serve(() => undefined);
  const signal = AbortSignal.timeout(20);
  expect(await fetchInto(folder(), artifacts, { signal, from })).toBe(artifacts.length);
});

test('the list is that of the poms: it names their Kafka, and each file once', () => {
  const listed = listedArtifacts();
  const paths = new Set(listed.map(({ path }) => path));
  expect(paths.size).toBe(listed.length);
  const version = kafkaVersion();
  expect(paths).toContain(`org/apache/kafka/kafka_2.13/${version}/kafka_2.13-${version}.jar`);
  for (const { sha1, path } of listed)
    expect(`${sha1} ${path}`).toMatch(/^[0-9a-f]{40} \S+\.(jar|pom)$/);
});
