import type { SourceFile } from './source-file.ts';

/** One rule: what it finds, and the texts that prove that it finds what it should. */
export type Rule = {
  readonly title: string;
  /** Pure: the violations among some files, in words. */
  readonly check: (files: readonly SourceFile[]) => readonly string[];
  /** Each of these alone must be reported. */
  readonly planted: readonly SourceFile[];
  /** These look alike and must not be. */
  readonly innocent: readonly SourceFile[];
};

export const file = (path: string, text: string): SourceFile => ({ path, text });
