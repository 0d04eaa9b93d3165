import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child, UserId } from '../child.ts';
import { startChild } from '../child.ts';
import { runCommand } from '../command.ts';
import { InfraError } from '../infra-error.ts';
import { loopback } from '../ports.ts';
import { handOver } from './run-as.ts';

export const postgresRole = 'vestnik';
/** One for Vestnik's history, one for the schema registry's tables. */
export const databases = { history: 'vestnik', registry: 'registry' } as const;

const initTimeoutMs = 120_000;
const readyTimeoutMs = 60_000;

export type PostgresOptions = {
  /** The folder with `initdb` and `postgres`. */
  readonly binaries: string;
  readonly user: UserId | undefined;
  /** Holds the data; need not lie in `dataDir`. */
  readonly home: string;
  /** Holds the log and the pid file. */
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  readonly signal?: AbortSignal | undefined;
};

async function initialise(options: PostgresOptions, target: string): Promise<void> {
  const run = (command: string, args: readonly string[], input: string) =>
    runCommand(join(options.binaries, command), args, {
      timeoutMs: initTimeoutMs,
      cwd: '/',
      input,
      signal: options.signal,
      ...(options.user ? { user: options.user } : {}),
    });
  const initdb = (locale: string) =>
    run(
      'initdb',
      [
        '-D',
        target,
        '--username',
        postgresRole,
        '--encoding',
        'UTF8',
        '--locale',
        locale,
        // Replaced below. A password file would have to be readable by another user.
        '--auth',
        'trust',
        // Nothing of value is in it yet: after a crash here it starts anew.
        '--no-sync',
      ],
      '',
    );
  // With plain C, lower('Ж') is 'Ж' and a search without regard to case finds nothing Russian.
  let made = await initdb('C.UTF-8');
  if (made.code !== 0) made = await initdb('C');
  if (made.code !== 0) throw new InfraError(`PostgreSQL's initdb failed:\n${made.output}`);
  // The server alone, without a client: the npm package brings none.
  const statements = [
    `ALTER ROLE ${postgresRole} PASSWORD '${options.password}';`,
    ...Object.values(databases).map((name) => `CREATE DATABASE ${name};`),
  ];
  const sql = statements.map((statement) => `${statement}\n`).join('');
  const single = await run('postgres', ['--single', '-D', target, 'template1'], sql);
  if (single.code !== 0 || /ERROR|FATAL/.test(single.output)) {
    throw new InfraError(`PostgreSQL cannot create its databases:\n${single.output}`);
  }
  writeFileSync(join(target, 'pg_hba.conf'), `host all all ${loopback}/32 scram-sha-256\n`);
}

/** Makes the data folder with its role and databases; it appears whole or not at all. */
async function prepareData(options: PostgresOptions): Promise<void> {
  if (existsSync(options.home)) return;
  const work = `${options.home}.new`;
  rmSync(work, { recursive: true, force: true });
  handOver(work, options.user);
  await initialise(options, work);
  renameSync(work, options.home);
}

/** Starts a server on loopback and waits until it takes connections. */
export async function startPostgres(options: PostgresOptions): Promise<Child> {
  await prepareData(options);
  // Left by a server that was killed. Its own check looks only at the process id, which somebody
  // else may have by now; that ours is gone has been checked with more care (see pid-file.mjs).
  rmSync(join(options.home, 'postmaster.pid'), { force: true });
  const settings = {
    listen_addresses: loopback,
    port: options.port,
    // The path of a socket may have 107 bytes; data folders of tests are longer.
    unix_socket_directories: '',
    // One line in the log for the readiness check, whatever the language of this machine.
    lc_messages: 'C',
    max_connections: 100,
    shared_buffers: '64MB',
  };
  return startChild(
    {
      name: 'postgres',
      command: join(options.binaries, 'postgres'),
      args: [
        '-D',
        options.home,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      cwd: '/',
      // "Fast": ends open sessions. SIGTERM would wait for every client to leave.
      stopSignal: 'SIGINT',
      ready: /database system is ready to accept connections/,
      portTaken: /could not create any TCP\/IP sockets|Address already in use/,
      readyTimeoutMs,
      ...(options.user ? { user: options.user } : {}),
    },
    options.dataDir,
    options.signal,
  );
}

/** The address of one of the databases, with the password in it. */
export function databaseUrl(options: {
  readonly port: number;
  readonly password: string;
  readonly database: string;
}): string {
  const { port, password, database } = options;
  return `postgres://${postgresRole}:${password}@${loopback}:${port}/${database}`;
}
