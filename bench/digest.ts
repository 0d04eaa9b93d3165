import { hash } from 'node:crypto';
import { lanes } from '../schemas/topics.ts';
import type { Bench } from './bench.ts';
import { type Ends, readBetween } from './committed.ts';

/** A set of notifications in a few numbers: sums of hashes, which do not depend on the order. */
export type Digest = { readonly count: number; readonly sums: readonly number[] };

/** What must be the same for all contenders: which notification, and what it says. */
type Said = { notificationId: string; channel: string; subject: string | null; body: string };

const hashBytes = 20;
const wordBytes = 4;

async function eachSaid(bench: Bench, from: Ends, to: Ends, take: (said: Said) => void) {
  const { kafka, serde } = bench;
  await readBetween(kafka, from, to, async (records) => {
    await serde.prepare(records.map(({ value }) => value));
    for (const { value, topic, offset } of records) {
      // The lanes of all channels have one schema.
      const decoded = serde.decode(lanes.email.bulk, value ?? Buffer.alloc(0));
      if (!decoded.ok) throw new Error(`${topic} at ${offset}: ${decoded.reason}`);
      take(decoded.value);
    }
  });
}

const textOf = ({ notificationId, channel, subject, body }: Said) =>
  JSON.stringify([notificationId, channel, subject, body]);

/** Reads what lies between two ends. */
export async function digestOf(bench: Bench, from: Ends, to: Ends): Promise<Digest> {
  const sums = new Uint32Array(hashBytes / wordBytes);
  let count = 0;
  await eachSaid(bench, from, to, (said) => {
    const bytes = hash('sha1', textOf(said), 'buffer');
    for (let i = 0; i < sums.length; i += 1) {
      sums[i] = (sums[i] ?? 0) + bytes.readUInt32LE(i * wordBytes);
    }
    count += 1;
  });
  return { count, sums: [...sums] };
}

export const isSame = (a: Digest, b: Digest): boolean =>
  a.count === b.count && a.sums.every((sum, index) => sum === b.sums[index]);

type Range = { readonly from: Ends; readonly to: Ends };
const shownDifferences = 3;

/** The first notifications in which two sets differ, in words. */
export async function differenceOf(bench: Bench, ours: Range, theirs: Range): Promise<string> {
  const known = new Map<string, string>();
  await eachSaid(bench, ours.from, ours.to, (said) => {
    known.set(said.notificationId, textOf(said));
  });
  const lines: string[] = [];
  await eachSaid(bench, theirs.from, theirs.to, (said) => {
    const ours = known.get(said.notificationId);
    known.delete(said.notificationId);
    if (ours === textOf(said) || lines.length >= shownDifferences) return;
    lines.push(`ours ${ours ?? 'is missing'}\npeer ${textOf(said)}`);
  });
  const left = [...known.values()].slice(0, shownDifferences);
  return [...lines, ...left.map((text) => `only ours ${text}`)].join('\n');
}
