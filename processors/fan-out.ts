import { textFor } from '../rendering/render.ts';
import { isInAudience, keyBefore, rowCursor, wordsOf } from '../rules/people.ts';
import { templatesOf, type UsableTemplate } from '../rules/usable-template.ts';
import type { RecordSink } from '../runtime/kafka/record-sink.ts';
import type { FanOut } from '../runtime/processor.ts';
import { type RowScan, storedRowOf } from '../runtime/store/row-store.ts';
import { createRowView, type RowView } from '../runtime/store/row-view.ts';
import type { Channel, NotifyCommand, TemplateText } from '../schemas/generated/records.ts';
import { lanes, topics } from '../schemas/topics.ts';
import { type CommandMemory, openCommandMemory } from './command-memory.ts';
import type { FanOutJob } from './fan-out-job.ts';
import { type Kernel, openKernel } from './notification-kernel.ts';
import { type NotificationPlan, planNotification } from './notification-plan.ts';
import { notificationsFor } from './notifications.ts';
import { createOutputRegions, type Lane, regionBytesFor } from './output-regions.ts';
import { createPeopleBlock } from './people-block.ts';

/**
 * Symbols of `channel.avsc` in their order: the bits by which the kernel knows channels. In a
 * user's row one more comes behind them, `unknown`, for which there never is a template.
 */
export const channelOrder: readonly Channel[] = ['email', 'sms', 'messenger'];
const noBytes = Buffer.alloc(0);

/** The people of the audience as rows; null for listed people, who are few. */
function scanOf({ command, context }: FanOutJob): RowScan | null {
  const { rowStore } = context.tables.users;
  const after = keyBefore(context.resumeAfter);
  if (command.audienceKind === 'everyone') return rowStore.scanAll(after);
  const words = wordsOf(command);
  return words && rowStore.scan(words, after);
}

/** The lanes of all channels, their partitions numbered one after the other. */
function lanesOf({ lane, context }: FanOutJob): readonly Lane[] {
  let firstRegion = 0;
  return channelOrder.map((channel) => {
    const topic = lanes[channel][lane];
    const partitions = context.partitionsOf(topic);
    const numbered = { topic: topic.name, partitions, firstRegion };
    firstRegion += partitions;
    return numbered;
  });
}

function planFor(
  { command, context, lane }: FanOutJob,
  template: UsableTemplate,
  text: TemplateText,
): NotificationPlan | null {
  const topic = lanes[template.channel][lane];
  return planNotification(template, text, command, (value) => {
    const encoded = context.encode({ kind: 'record', topic, key: '', value }).value;
    return encoded ?? noBytes;
  });
}

/**
 * The plans of commands at work, by lane and text. Partitions that one process works on have the
 * same command as one object (runtime/same-values.ts), so it is planned once for all of them, and
 * once for all locales that are given the same text.
 */
const planned = new WeakMap<NotifyCommand, Map<string, NotificationPlan | null>>();

function plansFor(job: FanOutJob, locale: string | null): readonly (NotificationPlan | null)[] {
  const { command, lane } = job;
  const known = planned.get(command) ?? new Map<string, NotificationPlan | null>();
  planned.set(command, known);
  return templatesOf(command).map((template, index) => {
    const text = textFor(template, locale);
    if (!text) return null;
    const name = `${lane}/${index}/${template.texts.indexOf(text)}`;
    if (!known.has(name)) known.set(name, planFor(job, template, text));
    return known.get(name) ?? null;
  });
}

/** Adds plans for the locale of the person at whom the kernel stopped. */
function learnLocale(job: FanOutJob, kernel: Kernel, memory: CommandMemory): boolean {
  const locale = kernel.locale();
  return memory.addReading(locale, plansFor(job, locale?.toString() ?? null));
}

/**
 * Whoever has a preference, a suppression or a row that nobody can read goes the slow way. To be
 * made for each block of people: rows change between two of them.
 */
function createPlainCheck({ context }: FanOutJob): () => (view: RowView) => boolean {
  const { users, preferences, suppressions } = context.tables;
  const other = createRowView();
  const hasNone = (view: RowView) =>
    !preferences.rowStore.findSame(view, other) && !suppressions.rowStore.findSame(view, other);
  const isPlain = (view: RowView) => hasNone(view) && !users.rowStore.isUnreadable(view);
  return () => (users.rowStore.countUnreadable() === 0 ? hasNone : isPlain);
}

/** What the slow way says of one person, written to the sink. */
function createSlowWay({ command, lane, context }: FanOutJob) {
  return (userId: string, sink: RecordSink): void => {
    const row = context.tables.users.get(userId);
    if (!isInAudience(row, command)) return;
    const found = { userId, row, cursor: userId };
    for (const step of notificationsFor(found, { command, lane, tables: context.tables })) {
      if (step.kind === 'record') sink.add(context.encode(step));
    }
  };
}

/**
 * Writes what everyone of an audience gets, from bytes to bytes: a command fixes all but the
 * person, so its texts are filled in once and a person costs a copy. Whoever is not simple (has a
 * preference or a suppression, lacks an address, has a name with rare letters) goes the way of
 * `notificationsFor`, which defines what is right. Null: the whole command is for that way.
 */
export function fanOut(job: FanOutJob): FanOut | null {
  const scan = scanOf(job);
  if (!scan) return null;
  const kernel = openKernel();
  const { layout } = kernel;
  const { command, context } = job;
  const templates = templatesOf(command);
  const numbered = lanesOf(job);
  const count = numbered.reduce((sum, { partitions }) => sum + partitions, 0);
  const regionBytes = regionBytesFor(kernel, count);
  if (regionBytes === null || templates.length > layout.maxTemplates) return null;
  const regions = createOutputRegions(kernel, numbered, regionBytes);
  const people = createPeopleBlock(kernel, createPlainCheck(job));
  const memory = openCommandMemory(kernel, {
    frame: context.frameOf(topics.users),
    everyTemplate: command.requestId !== null,
    channels: numbered,
    templateChannels: templates.map(({ channel }) => channelOrder.indexOf(channel)),
  });
  const writeSlow = createSlowWay(job);

  /** Gets the kernel past the person it stopped at; answers whether that person is done. */
  function unblock(index: number, sink: RecordSink): boolean {
    const stop = kernel.stop();
    if (stop === layout.stopClosedRegion) {
      regions.open(kernel.region(), sink);
      return false;
    }
    if (stop === layout.stopUnknownLocale && learnLocale(job, kernel, memory)) return false;
    const full = stop === layout.stopFullRegion && !regions.isEmpty(kernel.region());
    regions.flush();
    if (!full) writeSlow(people.keyOf(index), sink);
    return !full;
  }

  function writeBlock(size: number, sink: RecordSink): void {
    let index = kernel.write(0, size);
    while (index < size) {
      const done = unblock(index, sink);
      index = kernel.write(done ? index + 1 : index, size);
    }
    regions.flush();
  }

  return {
    fill(sink) {
      if (memory.restore()) regions.reset();
      for (;;) {
        const size = people.fill(scan);
        if (size === 0) return null;
        writeBlock(size, sink);
        if (!sink.isFull()) continue;
        memory.keep();
        return rowCursor(storedRowOf(scan.view).key);
      }
    },
  };
}
