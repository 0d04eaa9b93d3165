import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { UserId } from '../child.ts';
import { runCommand } from '../command.ts';
import { InfraError } from '../infra-error.ts';
import { outsideRoot } from '../remove-data.mjs';

const lookupBoundMs = 10_000;
/** Another disk takes a copy of some 100 MB. */
const moveBoundMs = 60_000;
const hashDigits = 12;
const ownerOnly = 0o700;
const everyoneEnters = 0o755;

async function findUser(name: string): Promise<UserId | undefined> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map((what) => runCommand('id', [what, name], { timeoutMs: lookupBoundMs })),
  );
  if (uid?.code !== 0 || gid?.code !== 0) return undefined;
  return { uid: Number(uid.output), gid: Number(gid.output) };
}

/**
 * PostgreSQL refuses to run as root, whom its files could hurt most. Under root this is the user to
 * run it as: `postgres`, else `nobody`, else one that is created. Under anybody else: no change.
 */
export async function postgresUser(): Promise<UserId | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const user = await findUser(name);
    if (user) return user;
  }
  const created = await runCommand('useradd', ['--system', 'postgres'], {
    timeoutMs: lookupBoundMs,
  });
  const user = created.code === 0 ? await findUser('postgres') : undefined;
  if (user) return user;
  throw new InfraError(
    'PostgreSQL does not run as root. Add a user for it: useradd --system postgres',
  );
}

async function canEnter(user: UserId, folder: string): Promise<boolean> {
  const test = await runCommand('test', ['-x', folder], {
    timeoutMs: lookupBoundMs,
    user,
    cwd: '/',
  });
  return test.code === 0;
}

/** Made by us and by nobody else: /var/tmp belongs to everyone, and a link would lead us away. */
function makeOwnFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: everyoneEnters });
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new InfraError(`${path} belongs to somebody else. Remove it.`);
  }
  // Whatever the umask was: the folders in it are closed, this one must let their owner through.
  chmodSync(path, everyoneEnters);
}

/**
 * The folder itself when the user can reach it, else one that stands in for it outside, named after
 * it: a clone under /root is closed to every other user.
 */
export async function reachableFolder(path: string, user: UserId | undefined): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  if (user === undefined || (await canEnter(user, dirname(path)))) return path;
  const digest = createHash('sha256').update(path).digest('hex').slice(0, hashDigits);
  // Under /var/tmp, which survives a restart of the machine and which anyone may enter.
  makeOwnFolder(outsideRoot);
  const outside = join(outsideRoot, digest);
  // Made while the folder was open to everyone; a copy would lose whom the files belong to.
  if (existsSync(path) && !existsSync(outside)) {
    await runCommand('mv', [path, outside], { timeoutMs: moveBoundMs });
  }
  return outside;
}

/** Hands an empty folder over to the user; PostgreSQL insists on owning it and reading it alone. */
export function handOver(path: string, user: UserId | undefined): void {
  mkdirSync(path, { mode: ownerOnly });
  chmodSync(path, ownerOnly);
  if (user) chownSync(path, user.uid, user.gid);
}
