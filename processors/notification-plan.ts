import { planText, type TextPlan } from '../rendering/text-plan.ts';
import { sharedValues } from '../rendering/values.ts';
import { notificationOf, type Personal } from '../rules/notification.ts';
import type { UsableTemplate } from '../rules/usable-template.ts';
import type { Notification, NotifyCommand, TemplateText } from '../schemas/generated/records.ts';
import { notificationName, notificationNamespace } from '../schemas/ids.ts';

/** The parts of a notification that differ from person to person, in the order of their bytes. */
export type Part =
  | 'notificationId'
  | 'userId'
  | 'address'
  | 'name'
  | 'subject'
  | 'body'
  | 'userOffset';

/**
 * The notifications of one command, template and language: their bytes with gaps. `pieces[i]` comes
 * before `parts[i]`; one more piece than parts ends the record.
 */
export type NotificationPlan = {
  readonly pieces: readonly Buffer[];
  readonly parts: readonly Part[];
  readonly pieceBytes: number;
  /** What the id is a hash of, up to the user's own id: namespace and name (RFC 9562, 5.5). */
  readonly idPrefix: Buffer;
  readonly subject: TextPlan | null;
  readonly body: TextPlan;
  /** Whoever has a longer name is for the slow way. */
  readonly maxNameBytes: number;
};

/*
 * Where the gaps are is learnt from a record that was encoded by its schema, with a mark in each
 * gap. So the plan knows nothing of the order of fields and follows the schema by itself.
 */
const marks: Readonly<Record<Exclude<Part, 'userOffset' | 'notificationId'>, string>> = {
  userId: '\u{10fff1}user-id\u{10fff1}',
  address: '\u{10fff2}address\u{10fff2}',
  name: '\u{10fff3}name\u{10fff3}',
  subject: '\u{10fff4}subject\u{10fff4}',
  body: '\u{10fff5}body\u{10fff5}',
};
/** A UUID as text. */
const idBytes = 36;
const idMark = '\u{10fff6}'.repeat(idBytes / 4);
/** An offset that no partition reaches; its varint is looked for as it is. */
const offsetMark = 2 ** 52 - 11;

function varlong(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value) * 2n;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

function avroString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([varlong(bytes.length), bytes]);
}

/** The bytes by which each gap is found. An id's length is the same for all, so it stays. */
const markBytes: readonly (readonly [Part, Buffer])[] = [
  ['notificationId', Buffer.from(idMark)],
  ...Object.entries(marks).map(([part, mark]) => [part as Part, avroString(mark)] as const),
  ['userOffset', varlong(offsetMark)],
];

type Gap = { readonly part: Part; readonly start: number; readonly end: number };

/** Where a mark lies; null unless it is there exactly once. */
function gapOf(part: Part, mark: Buffer, encoded: Buffer): Gap | null {
  const start = encoded.indexOf(mark);
  if (start < 0 || encoded.indexOf(mark, start + 1) >= 0) return null;
  return { part, start, end: start + mark.length };
}

function cut(encoded: Buffer, gaps: readonly Gap[]) {
  const sorted = gaps.toSorted((a, b) => a.start - b.start);
  const starts = [0, ...sorted.map(({ end }) => end)];
  const ends = [...sorted.map(({ start }) => start), encoded.length];
  const pieces = starts.map((start, index) => Buffer.from(encoded.subarray(start, ends[index])));
  return { pieces, parts: sorted.map(({ part }) => part) };
}

const namespace = Buffer.from(notificationNamespace.replaceAll('-', ''), 'hex');

function idPrefixOf({ eventId }: NotifyCommand, { id, channel }: UsableTemplate): Buffer {
  const name = notificationName({ eventId, templateId: id, channel, userId: '' });
  return Buffer.concat([namespace, Buffer.from(name)]);
}

/**
 * Plans the notifications of a template for those who are given one of its texts. Null: something
 * about it is for the slow way.
 */
export function planNotification(
  template: UsableTemplate,
  text: TemplateText,
  command: NotifyCommand,
  encode: (value: Notification) => Buffer,
): NotificationPlan | null {
  const texts = planText(template, text, sharedValues(command, text.locale));
  if (!texts) return null;
  const personal: Personal = {
    notificationId: idMark,
    userId: marks.userId,
    address: marks.address,
    recipientName: marks.name,
    subject: texts.subject && marks.subject,
    body: marks.body,
    userOffset: offsetMark,
    preferenceOffset: null,
  };
  const encoded = encode(notificationOf(personal, template, command, text.locale));
  const wanted = markBytes.filter(([part]) => part !== 'subject' || texts.subject !== null);
  const gaps = wanted
    .map(([part, mark]) => gapOf(part, mark, encoded))
    .filter((gap) => gap !== null);
  if (gaps.length < wanted.length) return null;
  const { pieces, parts } = cut(encoded, gaps);
  return {
    pieces,
    parts,
    pieceBytes: pieces.reduce((sum, piece) => sum + piece.length, 0),
    idPrefix: idPrefixOf(command, template),
    ...texts,
  };
}
