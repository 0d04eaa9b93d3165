export class Interrupted extends Error {
  readonly exitCode: number;
}

export function run(
  argv: readonly string[],
  options?: {
    readonly stdio?: 'inherit' | readonly ('ignore' | 'pipe')[];
    readonly cwd?: string;
  },
): Promise<{ readonly code: number; readonly output: string }>;
