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

export function runSteps(options: {
  readonly steps: readonly { readonly name: string; readonly argv: readonly string[] }[];
  readonly keepGoing?: boolean;
  readonly beside?: number;
  readonly node?: string;
}): Promise<number>;
