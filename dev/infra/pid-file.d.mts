export type ProcessMark = {
  readonly pid: number;
  readonly identity: string;
  /** The signal that ends it in order; SIGTERM when absent. */
  readonly signal?: NodeJS.Signals;
};

export function processIdentity(pid: number): string | undefined;
export function writePidFile(
  path: string,
  mark: { readonly pid: number; readonly signal?: NodeJS.Signals },
): void;
export function runningProcess(path: string): ProcessMark | undefined;
export function takePidFile(path: string): boolean;
export function endProcess(mark: ProcessMark, boundMs: number): Promise<boolean>;
export function endLeftovers(directory: string, boundMs: number): Promise<string[]>;
