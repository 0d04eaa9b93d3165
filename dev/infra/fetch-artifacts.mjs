/**
 * Fetches what Maven will ask for, many files at once. Maven 3 reads some 1,200 poms one after the
 * other, each a round trip: two of the three minutes of a first start. What cannot be had here
 * (a mirror, a proxy, no network) Maven fetches itself, so a failure is only slower.
 * Plain JavaScript, because it runs beside `npm ci`.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { commandPath, infraChoice } from './environment.mjs';
import { hasKafkaJars, hasRegistry, mavenRepository } from './programs.mjs';

const central = 'https://repo.maven.apache.org/maven2';
const listPath = join(import.meta.dirname, 'maven-artifacts.txt');
/** As many as browsers open to one host by HTTP/2; each is a round trip of 0.1 s. */
const atOnce = 32;
/** A quarter of a gigabyte over a line of 10 Mbit/s. After that Maven goes on by itself. */
const boundMs = 4 * 60_000;
/** A client without an engine answers at once, or waits for a socket that never answers. */
const dockerBoundMs = 4_000;

/** The files that Maven reads for Kafka and the registry, as paths in a repository. */
export function listedArtifacts() {
  const lines = readFileSync(listPath, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [sha1 = '', path = ''] = line.split(' ');
    return { sha1, path };
  });
}

const isWhole = (bytes, sha1) => createHash('sha1').update(bytes).digest('hex') === sha1;

/** The user's own repository may have it from other work. */
function ownCopy({ sha1, path }) {
  try {
    const bytes = readFileSync(join(homedir(), '.m2', 'repository', path));
    return isWhole(bytes, sha1) ? bytes : null;
  } catch {
    return null;
  }
}

async function download({ sha1, path }, signal, from) {
  const ask = () => fetch(`${from}/${path}`, { signal });
  // A connection that is lost once is no reason to give all of it up.
  const response = await ask().catch(ask);
  const bytes = Buffer.from(await response.arrayBuffer());
  return response.ok && isWhole(bytes, sha1) ? bytes : null;
}

/** A file is there whole or not at all, whoever else fetches it at the same time. */
function place(path, bytes) {
  const part = `${path}.${process.pid}.part`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(part, bytes);
  renameSync(part, path);
}

/**
 * Puts the listed files that are not there yet into the repository. Resolves with how many are
 * missing still; never rejects, for nothing depends on it but time.
 */
export async function fetchInto(repository, artifacts, { signal, from = central }) {
  const open = artifacts.filter(({ path }) => !existsSync(join(repository, path)));
  let missing = 0;
  // One that fails ends all: where one cannot be had, the next cannot either.
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const work = async () => {
    for (let next = open.pop(); next; next = open.pop()) {
      const bytes = ownCopy(next) ?? (await download(next, ending.signal, from));
      if (bytes) place(join(repository, next.path), bytes);
      else missing += 1;
    }
  };
  const workers = Array.from({ length: atOnce }, () =>
    work().catch(() => {
      missing += 1;
      end();
    }),
  );
  await Promise.all(workers);
  signal.removeEventListener('abort', end);
  return missing + open.length;
}

/** Fetches all that the infrastructure is made from, unless it is made already. */
export async function fetchArtifacts({ signal }) {
  if (hasKafkaJars() && hasRegistry()) return;
  const ending = new AbortController();
  const end = () => ending.abort();
  const bound = setTimeout(end, boundMs);
  signal.addEventListener('abort', end);
  await fetchInto(mavenRepository(), listedArtifacts(), { signal: ending.signal });
  clearTimeout(bound);
  signal.removeEventListener('abort', end);
}

/** Whether a Docker engine answers; the command alone is on many machines. */
function dockerAnswers() {
  return new Promise((resolve) => {
    const args = ['info', '--format', '{{.ServerVersion}}'];
    execFile('docker', args, { timeout: dockerBoundMs }, (error) => resolve(error === null));
  });
}

/**
 * The same for whoever does not know yet where the infrastructure comes from: only where it can
 * hardly be from anywhere else. Docker's containers would make all of it a waste.
 */
export async function fetchArtifactsEarly({ signal }) {
  const { infra, kafkaBrokers } = infraChoice();
  const has = (name) => commandPath().some((folder) => existsSync(join(folder, name)));
  if (!has('mvn') || (infra ?? 'embedded') !== 'embedded') return;
  const isUndecided = infra === undefined;
  if (isUndecided && (kafkaBrokers !== undefined || (await dockerAnswers()))) return;
  await fetchArtifacts({ signal });
}
