import type { TextPlan } from '../rendering/text-plan.ts';
import { type Kernel, wordBytes } from './notification-kernel.ts';
import type { NotificationPlan, Part } from './notification-plan.ts';

/** What a fan-out's command means to the kernel: who gets which template, and how. */
export type CommandShape = {
  /** What the value of every user's row begins with: a zero and the schema's id. */
  readonly frame: Buffer;
  /** Whoever lacks the channel of a template has to be told why, the slow way. */
  readonly everyTemplate: boolean;
  /** For each channel, in the order of the schema's symbols. */
  readonly channels: readonly { readonly partitions: number; readonly firstRegion: number }[];
  /** For each template the index of its channel. */
  readonly templateChannels: readonly number[];
};

/** The plans of a command in the kernel's memory, which the fan-outs of a process share. */
export type CommandMemory = {
  /**
   * Puts the command back as it was when it was last kept. False when it lies there still: nobody
   * has used the kernel in between.
   */
  restore(): boolean;
  /** Notes the memory for the next `restore`. */
  keep(): void;
  /**
   * Adds how the readers of a locale are written to: a plan for each template, null where the slow
   * way is needed. False when there is no room; the people of that locale are then for that way.
   */
  addReading(locale: Buffer | null, plans: readonly (NotificationPlan | null)[]): boolean;
};

/** The numbers by which `kernel/notification.ts` knows the parts; 0 copies bytes of the plan. */
const opOf: Readonly<Record<Part, number>> = {
  notificationId: 1,
  userId: 2,
  address: 3,
  name: 4,
  subject: 5,
  body: 6,
  userOffset: 7,
};
const copyOp = 0;
const opWords = 3;
/** Constant bytes, operations (number, place), prefix of the id, subject, body, longest name. */
const planWords = 14;
const prefixWord = 3;
const subjectWord = 11;
const noLocale = -1;

class OutOfRoom extends Error {}

/** Whose command lies in the kernel's memory now. */
let holder: CommandMemory | null = null;

/** Writes one thing after the other into the part of memory where plans lie. */
function createPlanWriter({ bytes, words, layout, hashPrefix }: Kernel) {
  let at = layout.plans;

  function take(length: number): number {
    const start = at;
    const end = start + Math.ceil(length / wordBytes) * wordBytes;
    if (end > layout.plansEnd) throw new OutOfRoom();
    at = end;
    return start;
  }
  function putBytes(piece: Buffer): number {
    const start = take(piece.length);
    bytes.set(piece, start);
    return start;
  }
  function putWords(numbers: readonly number[]): number {
    const start = take(numbers.length * wordBytes);
    words.set(numbers, start / wordBytes);
    return start;
  }
  function putText({ pieces, pieceBytes, names, escapes }: TextPlan): number {
    const places = pieces.flatMap((piece) => [putBytes(piece), piece.length]);
    return putWords([pieceBytes, names, escapes ? 1 : 0, ...places]);
  }
  function putPlan(plan: NotificationPlan): number {
    const { pieces, parts, pieceBytes, idPrefix, subject, body, maxNameBytes } = plan;
    const ops = pieces.flatMap((piece, index) => {
      const copying = piece.length === 0 ? [] : [copyOp, putBytes(piece), piece.length];
      const part = parts[index];
      return part === undefined ? copying : [...copying, opOf[part], 0, 0];
    });
    const start = take(planWords * wordBytes);
    const prefix = [idPrefix.length, putBytes(idPrefix), idPrefix.length];
    const first = start / wordBytes;
    words.set([pieceBytes, ops.length / opWords, putWords(ops), ...prefix], first);
    hashPrefix(start + prefixWord * wordBytes);
    words[first + subjectWord] = subject === null ? 0 : putText(subject);
    words[first + subjectWord + 1] = putText(body);
    words[first + subjectWord + 2] = maxNameBytes;
    return start;
  }
  return {
    end: () => at,
    putBytes,
    putPlan,
  };
}

/** Opens the memory of a command. Nothing else may use the kernel between `restore` and `keep`. */
export function openCommandMemory(kernel: Kernel, shape: CommandShape): CommandMemory {
  const { bytes, words, layout } = kernel;
  const writer = createPlanWriter(kernel);
  const word = (address: number) => address / wordBytes;
  const readingsWord = word(layout.command) + 4;
  let count = 0;
  let kept: Buffer | null = null;
  /** Since it was last kept. */
  let changed = true;

  function writeHead(): void {
    const { frame, everyTemplate, channels, templateChannels } = shape;
    words[word(layout.command)] = templateChannels.length;
    words[word(layout.command) + 1] = everyTemplate ? 1 : 0;
    bytes.set(frame, layout.command + 2 * wordBytes);
    words[readingsWord] = 0;
    const ofChannels = channels.flatMap(({ partitions, firstRegion }) => [partitions, firstRegion]);
    words.set(ofChannels, word(layout.channels));
    const ofTemplates = templateChannels.flatMap((channel) => [channel, 1 << channel]);
    words.set(ofTemplates, word(layout.templates));
  }
  const memory: CommandMemory = {
    restore() {
      if (holder === memory) return false;
      if (kept) bytes.set(kept, layout.command);
      else writeHead();
      holder = memory;
      return true;
    },
    keep() {
      if (!changed) return;
      kept = Buffer.from(bytes.subarray(layout.command, writer.end()));
      changed = false;
    },
    addReading(locale, plans) {
      if (count >= layout.maxReadings) return false;
      try {
        const head = locale === null ? [0, noLocale] : [writer.putBytes(locale), locale.length];
        const places = plans.map((plan) => (plan === null ? 0 : writer.putPlan(plan)));
        words.set([...head, ...places], word(layout.readings + count * layout.readingBytes));
      } catch (error) {
        if (error instanceof OutOfRoom) return false;
        throw error;
      }
      count += 1;
      words[readingsWord] = count;
      changed = true;
      return true;
    },
  };
  return memory;
}
