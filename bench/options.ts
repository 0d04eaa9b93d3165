/** The parts of the benchmark, in the order in which they run. */
export const parts = ['w1', 'w2', 'comment', 'latency', 'restore', 'updates', 'huge'] as const;
export type Part = (typeof parts)[number];

/** How much of everything there is. */
export type Scale = {
  /** Users that follow ten of the movies; the first ones of all users. */
  readonly fans: number;
  readonly moviesPerFan: number;
  /** Movies that have an event each in W1. */
  readonly movies: number;
  /** All users, until more come for the last part; everyone follows the blockbuster. */
  readonly users: number;
  /** All users in the last part; the first of them are those of the other parts. */
  readonly huge: number;
  /** Followers of the second largest fan-out. */
  readonly half: number;
  /** Followers of a small fan-out, and how many of them are sent to measure its CPU. */
  readonly small: number;
  readonly smallEvents: number;
  readonly comments: number;
  readonly latencySeconds: number;
  readonly latencyWarmUpSeconds: number;
  readonly updates: number;
  readonly limitRecords: number;
};

export type Options = {
  readonly quick: boolean;
  readonly parts: readonly Part[];
  /** Measured rounds of W1 and W2; one more comes first and is thrown away. */
  readonly rounds: number;
  readonly seed: number;
  readonly scale: Scale;
  readonly peers: readonly PeerVariant[];
  readonly peerCompression: string;
};

export type PeerVariant = 'idiomatic' | 'tuned';
const peerVariants: readonly PeerVariant[] = ['idiomatic', 'tuned'];

const fullScale: Scale = {
  fans: 100_000,
  moviesPerFan: 10,
  movies: 1000,
  users: 1_000_000,
  huge: 5_000_000,
  half: 500_000,
  small: 10_000,
  smallEvents: 100,
  comments: 10_000,
  latencySeconds: 60,
  latencyWarmUpSeconds: 10,
  updates: 300_000,
  limitRecords: 4_000_000,
};

/** One twentieth of everything; a small fan-out stays one hundredth of the blockbuster. */
const quickScale: Scale = {
  fans: 5000,
  moviesPerFan: 10,
  movies: 50,
  users: 50_000,
  huge: 250_000,
  half: 25_000,
  small: 500,
  smallEvents: 100,
  comments: 1000,
  latencySeconds: 8,
  latencyWarmUpSeconds: 3,
  updates: 15_000,
  limitRecords: 200_000,
};

const defaultRounds = { full: 5, quick: 2 } as const;
const defaultSeed = 20_260_115;

const usage = `Usage: npm run bench -- [--quick] [--only=${parts.join('|')}] [--rounds=N] [--seed=N]
  [--peers=idiomatic,tuned] [--peer-compression=lz4|zstd|none]`;

function listOf<T extends string>(text: string, known: readonly T[]): readonly T[] {
  const names = text.split(',').filter(Boolean);
  const wrong = names.find((name) => !known.includes(name as T));
  if (wrong) throw new Error(`There is no ${wrong}.\n${usage}`);
  return known.filter((name) => names.includes(name));
}

function positive(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(`--${name} is "${text}", not a whole number from 1.\n${usage}`);
  }
  return value;
}

/** How many users the parts before the last one need. */
export function usersBeforeHuge({ parts, scale }: Pick<Options, 'parts' | 'scale'>): number {
  const need = (part: Part): number => {
    if (part === 'huge') return 0;
    return part === 'w1' || part === 'latency' ? scale.fans : scale.users;
  };
  return Math.max(0, ...parts.map(need));
}

/** Reads the command line; throws with the usage when it says something unknown. */
export function readOptions(args: readonly string[]): Options {
  const given = new Map<string, string>();
  for (const arg of args) {
    const found = /^--([a-z-]+)(?:=(.*))?$/.exec(arg);
    const name = found?.[1] ?? '';
    const known = ['quick', 'only', 'rounds', 'seed', 'peers', 'peer-compression'];
    if (!known.includes(name)) throw new Error(`There is no option ${arg}.\n${usage}`);
    given.set(name, found?.[2] ?? '');
  }
  const quick = given.has('quick');
  const rounds = given.get('rounds');
  const seed = given.get('seed');
  return {
    quick,
    parts: listOf(given.get('only') ?? parts.join(','), parts),
    rounds: rounds ? positive(rounds, 'rounds') : defaultRounds[quick ? 'quick' : 'full'],
    seed: seed ? positive(seed, 'seed') : defaultSeed,
    scale: quick ? quickScale : fullScale,
    peers: listOf(given.get('peers') ?? peerVariants.join(','), peerVariants),
    peerCompression: given.get('peer-compression') ?? 'lz4',
  };
}
