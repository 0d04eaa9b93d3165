import { createHash } from 'node:crypto';
import { VestnikError } from './errors.ts';

/** One step of the tables, as its file has it. */
export type Migration = {
  readonly name: string;
  readonly sha256: string;
  readonly content: string;
};

/** A step that the database has taken. */
export type AppliedMigration = { readonly name: string; readonly sha256: string };

const namePattern = /^(\d{3})_[a-z0-9_]+\.sql$/;
/** Encloses a step when it is sent, so no step may hold it. */
export const contentQuote = '$migration$';

function mistake(name: string, what: string): VestnikError {
  return new VestnikError('INTERNAL', `migration ${name}: ${what}`);
}

function sha256Of(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * The steps in their order: NNN_name.sql, numbered from 001 without a gap. Line ends do not count:
 * a checkout on Windows is the same code.
 */
export function orderMigrations(
  files: readonly { readonly name: string; readonly content: string }[],
): Migration[] {
  const ordered = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return ordered.map(({ name, content: text }, index) => {
    const number = namePattern.exec(name)?.[1];
    if (number === undefined) throw mistake(name, 'the name is not NNN_name.sql');
    if (Number(number) !== index + 1) throw mistake(name, `its number is not ${index + 1}`);
    if (text.includes(contentQuote)) throw mistake(name, `it holds ${contentQuote}`);
    const content = text.replaceAll('\r\n', '\n');
    return { name, sha256: sha256Of(content), content };
  });
}

/**
 * The known steps that the database has taken. DATABASE_MISMATCH when it has taken one that is not
 * known: the database is ahead of this code.
 */
export function takenOf(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  const names = known.map(({ name }) => name);
  const ahead = applied.find(({ name }) => !names.includes(name));
  if (ahead) throw new VestnikError('DATABASE_MISMATCH', `it is ahead by ${ahead.name}`);
  return known.filter(({ name }) => applied.some((each) => each.name === name));
}

/**
 * The steps still to be taken. DATABASE_MISMATCH when one that was taken has another content now,
 * or one was left out before it.
 */
export function pendingOf(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  const taken = takenOf(known, applied);
  for (const [index, { name, sha256 }] of taken.entries()) {
    if (known[index]?.name !== name) {
      throw new VestnikError('DATABASE_MISMATCH', `${known[index]?.name} was left out`);
    }
    if (!applied.some((each) => each.name === name && each.sha256 === sha256)) {
      throw new VestnikError('DATABASE_MISMATCH', `${name} was changed after it was applied`);
    }
  }
  return known.slice(taken.length);
}

/** What the steps made: lines that begin with `create table`, `create view`, `create function`. */
export function relationsOf(
  migrations: readonly Migration[],
  kind: 'table' | 'view' | 'function',
): readonly string[] {
  const pattern = new RegExp(`^create ${kind} (\\w+)`, 'gm');
  return migrations.flatMap(({ content }) =>
    [...content.matchAll(pattern)].map(([, name = '']) => name),
  );
}
