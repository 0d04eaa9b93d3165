import { describeError, VestnikError } from '../../runtime/errors.ts';
import { InfraError } from '../infra/infra-error.ts';
import type { Words } from '../words.ts';

/** What the operating system says when there is no room, for anybody or for this user. */
const fullCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** Whether the disk had no room for what was tried. */
const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && fullCodes.has(error.code);

/** Known failures are written for the person at the terminal; of others the stack says more. */
export function reasonOf(error: unknown, words: Words, dataDir: string): string {
  if (isDiskFull(error)) return words.diskFull(dataDir);
  const known = error instanceof InfraError || error instanceof VestnikError;
  return known || !(error instanceof Error) ? describeError(error) : (error.stack ?? error.message);
}
