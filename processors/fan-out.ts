import type { RecordSink } from '../runtime/kafka/record-sink.ts';
import type { FanOut } from '../runtime/processor.ts';
import { createRowView, type RowView } from '../runtime/store/row-memory.ts';
import { type RowScan, storedRowOf } from '../runtime/store/row-store.ts';
import type { Channel, Template } from '../schemas/generated/records.ts';
import { lanes, topics } from '../schemas/topics.ts';
import type { FanOutJob } from './fan-out-job.ts';
import {
  escapeName,
  isPrintableAscii,
  kindOfName,
  maxEscapedGrowth,
  nameKind,
} from './name-bytes.ts';
import { type NotificationPlan, planNotification } from './notification-plan.ts';
import { type PersonBytes, type Run, writeNotification } from './notification-writer.ts';
import { notificationsFor } from './notifications.ts';
import { wordsOf } from './people.ts';
import { createUserBytes, readUser, type UserBytes } from './user-bytes.ts';

/** Plans for the readers of one locale: one for each template, null where there is none. */
type Plans = readonly (NotificationPlan | null)[];
type Reading = { readonly locale: Buffer | null; readonly plans: Plans };

/** Bounds the plans of a command; whoever reads in yet another language goes the slow way. */
const maxLocales = 64;
/** Asking the sink whether it is full costs as much as a tenth of a person. */
const peopleBetweenChecks = 8;
/** Longer names are no names; with them a body could reach the limit that `render` enforces. */
const maxNameBytes = 400;
const positiveMask = 0x7fffffff;
const noBytes = Buffer.alloc(0);

/** Symbols of `channel.avsc` in their order: the bits of `UserBytes.channels`. */
export const channelOrder: readonly Channel[] = ['email', 'sms', 'messenger'];

function pointAtAddress(run: Run, user: UserBytes, channel: Channel): void {
  switch (channel) {
    case 'email':
      run.start = user.emailStart;
      run.end = user.emailEnd;
      return;
    case 'sms':
      run.start = user.phoneStart;
      run.end = user.phoneEnd;
      return;
    case 'messenger':
      run.start = user.chatStart;
      run.end = user.chatEnd;
  }
}

function pointAt(run: Run, bytes: Buffer, start: number, end: number): void {
  run.bytes = bytes;
  run.start = start;
  run.end = end;
}

function createPerson(): PersonBytes {
  const run = (): Run => ({ bytes: noBytes, start: 0, end: 0 });
  return { key: run(), address: run(), name: run(), escapedName: run(), offset: 0 };
}

/** The people of the audience as rows; null for listed people, who are few. */
function scanOf({ command, context }: FanOutJob): RowScan | null {
  const { rowStore } = context.tables.users;
  const after = context.resumeAfter ?? undefined;
  if (command.audienceKind === 'everyone') return rowStore.scanAll(after);
  const words = wordsOf(command);
  return words && rowStore.scan(words, after);
}

/** Which templates are for whom, made once for each language that is met. */
function createPlanner({ command, context, lane }: FanOutJob) {
  const readings: Reading[] = [];

  function planFor(template: Template, locale: string | null): NotificationPlan | null {
    const topic = lanes[template.channel][lane];
    return planNotification(template, command, locale, (value) => {
      const encoded = context.encode({ kind: 'record', topic, key: '', value }).value;
      return encoded ?? noBytes;
    });
  }
  return (bytes: Buffer, { localeStart, localeEnd }: UserBytes): Plans | null => {
    for (const { locale, plans } of readings) {
      if (locale === null ? localeStart < 0 : isSame(locale, bytes, localeStart, localeEnd)) {
        return plans;
      }
    }
    if (readings.length >= maxLocales) return null;
    const locale = localeStart < 0 ? null : Buffer.from(bytes.subarray(localeStart, localeEnd));
    const plans = command.templates.map((each) => planFor(each, locale?.toString() ?? null));
    readings.push({ locale, plans });
    return plans;
  };
}

function isSame(text: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (start < 0 || end - start !== text.length) return false;
  for (let i = 0; i < text.length; i += 1) if (text[i] !== bytes[start + i]) return false;
  return true;
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
  const { command, lane, context } = job;
  const { users, preferences, suppressions } = context.tables;
  const frame = context.frameOf(topics.users);
  const plansOf = createPlanner(job);
  const channelBits = command.templates.map(({ channel }) => 1 << channelOrder.indexOf(channel));
  const laneTopics = command.templates.map(({ channel }) => lanes[channel][lane].name);
  const person = createPerson();
  const user = createUserBytes();
  const escaped = Buffer.alloc(maxNameBytes * maxEscapedGrowth);
  const other = createRowView();

  const isPlainRow = ({ block: { bytes }, keyStart, keyEnd, valueEnd }: RowView) =>
    isSame(frame, bytes, keyEnd, keyEnd + frame.length) &&
    isPrintableAscii(bytes, keyStart, keyEnd) &&
    readUser(bytes, keyEnd + frame.length, valueEnd, user);

  /** Points at the person's name, as it is and as HTML; false when it takes the slow way. */
  function readName(bytes: Buffer): boolean {
    const { nameStart, nameEnd } = user;
    if (nameEnd - nameStart > maxNameBytes) return false;
    const kind = kindOfName(bytes, nameStart, nameEnd);
    if (kind === nameKind.unsure) return false;
    pointAt(person.name, bytes, nameStart, nameEnd);
    if (kind === nameKind.plain) pointAt(person.escapedName, bytes, nameStart, nameEnd);
    else {
      const end = escapeName(bytes, nameStart, nameEnd, escaped);
      pointAt(person.escapedName, escaped, 0, end);
    }
    return true;
  }

  /** Whether each template either is not for this person or can be written to them at once. */
  function canWrite(bytes: Buffer, plans: Plans): boolean {
    for (let i = 0; i < plans.length; i += 1) {
      if ((user.channels & (channelBits[i] ?? 0)) === 0) {
        if (command.requestId !== null) return false;
        continue;
      }
      const template = command.templates[i];
      if (!template || !plans[i]) return false;
      const { address } = person;
      pointAtAddress(address, user, template.channel);
      const present = address.start >= 0 && address.end > address.start;
      if (!present || !isPrintableAscii(bytes, address.start, address.end)) return false;
    }
    return true;
  }

  function writeFast(sink: RecordSink, view: RowView): boolean {
    const { bytes } = view.block;
    if (!isPlainRow(view)) return false;
    if (preferences.rowStore.findSame(view, other)) return false;
    if (suppressions.rowStore.findSame(view, other)) return false;
    const plans = plansOf(bytes, user);
    if (!plans || !readName(bytes) || !canWrite(bytes, plans)) return false;
    pointAt(person.key, bytes, view.keyStart, view.keyEnd);
    person.address.bytes = bytes;
    person.offset = view.offset;
    for (let i = 0; i < plans.length; i += 1) {
      const plan = plans[i];
      const template = command.templates[i];
      if (!plan || !template || (user.channels & (channelBits[i] ?? 0)) === 0) continue;
      const topic = laneTopics[i] ?? '';
      const partition = (view.hash & positiveMask) % sink.partitionsOf(topic);
      pointAtAddress(person.address, user, template.channel);
      writeNotification(sink.batchOf(topic, partition), plan, person);
    }
    return true;
  }

  function writeSlow(sink: RecordSink, view: RowView): void {
    const userId = storedRowOf(view).key;
    const row = users.get(userId);
    const found = { userId, row, cursor: userId };
    for (const step of notificationsFor(found, { command, lane, tables: context.tables })) {
      if (step.kind === 'record') sink.add(context.encode(step));
    }
  }

  return {
    fill(sink) {
      for (let people = 1; scan.next(); people += 1) {
        if (!writeFast(sink, scan.view)) writeSlow(sink, scan.view);
        if (people % peopleBetweenChecks === 0 && sink.isFull()) return storedRowOf(scan.view).key;
      }
      return null;
    },
  };
}
