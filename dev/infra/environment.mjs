/**
 * What the tools around the infrastructure need of the environment. Vestnik's own settings are
 * read in `runtime/config.ts`; these belong to Java, to the cache folder and to child processes.
 */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Downloads and what is assembled from them, shared by all clones of a user (XDG base folders). */
export function cacheRoot(env = process.env) {
  // The XDG specification: a relative path is invalid and is to be ignored.
  const base = env.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'vestnik');
}

/** The java of JAVA_HOME, else the one in PATH, as Maven chooses it. */
export function javaCommand(env = process.env) {
  return env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
}

/** Where `npm start` keeps what it must remember: VESTNIK_DATA_DIR, else .data in the clone. */
export function dataDirOf(env = process.env) {
  return env.VESTNIK_DATA_DIR?.trim() || join(import.meta.dirname, '..', '..', '.data');
}

/** The environment of a child: ours, plus settings that must not be seen in a list of processes. */
export function childEnvironment(extra) {
  return { ...process.env, ...extra };
}

/** Settings for what this process itself runs, as if they had been set outside. */
export function setInEnvironment(settings) {
  Object.assign(process.env, settings);
}

/** The folders in which commands are looked for. */
export function commandPath(env = process.env) {
  return (env.PATH ?? '').split(':').filter(Boolean);
}

const infraKinds = ['external', 'compose', 'embedded'];

/** What the environment says of the infrastructure. White space alone counts as not set. */
export function infraChoice(env = process.env) {
  const text = (name) => env[name]?.trim() || undefined;
  const infra = text('VESTNIK_INFRA');
  if (infra !== undefined && !infraKinds.includes(infra)) {
    throw new Error(`VESTNIK_INFRA is "${infra}", not one of ${infraKinds.join(', ')}.`);
  }
  return {
    kafkaBrokers: text('KAFKA_BROKERS')
      ?.split(',')
      .map((broker) => broker.trim()),
    schemaRegistryUrl: text('SCHEMA_REGISTRY_URL')?.replace(/\/$/, ''),
    databaseUrl: text('DATABASE_URL'),
    infra,
  };
}
