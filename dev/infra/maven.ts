import { runCommand } from './command.ts';
import { InfraError } from './infra-error.ts';
import { mavenRepository } from './programs.mjs';
import type { Progress } from './progress.ts';

/** 171 MB over a line of 2 Mbit/s; a build that takes longer hangs. */
const mavenBoundMs = 15 * 60_000;
const bytesPerUnit = { B: 1, kB: 1e3, MB: 1e6 } as const;
const bytesPerMb = 1e6;

/** The bytes of one line of Maven's that reports a finished download; 0 for any other line. */
export function downloadedBytes(line: string): number {
  const found = /Downloaded from \S+: \S+ \(([\d.]+) (B|kB|MB)/.exec(line);
  if (!found) return 0;
  return Number(found[1]) * bytesPerUnit[found[2] as keyof typeof bytesPerUnit];
}

/** The lines that say why; Maven follows each of them with advice on how to ask Maven for more. */
function reasons(output: string): string {
  const errors = output.split('\n').filter((line) => line.includes('[ERROR]'));
  return (errors.length > 0 ? errors : output.split('\n')).slice(0, 12).join('\n');
}

/** Runs Maven without questions and colours, reporting how much it has downloaded. */
export async function runMaven(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly step: string;
    /** What an empty local repository downloads, to say how far it is. */
    readonly totalMb: number;
    readonly progress: Progress;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  let bytes = 0;
  let reportedMb = 0;
  const onLine = (line: string) => {
    bytes += downloadedBytes(line);
    const mb = Math.floor(bytes / bytesPerMb);
    if (mb === reportedMb) return;
    reportedMb = mb;
    options.progress(options.step, { kind: 'downloaded', mb, atMostMb: options.totalMb });
  };
  const repository = `-Dmaven.repo.local=${mavenRepository()}`;
  const always = ['-B', '-Dstyle.color=never', repository];
  const { code, output } = await runCommand('mvn', [...always, ...args], {
    cwd: options.cwd,
    timeoutMs: mavenBoundMs,
    onLine,
    signal: options.signal,
  });
  if (code !== 0) throw new InfraError(`Maven failed for ${options.step}:\n${reasons(output)}`);
}
