import { conditionsOf, paramsOf, type TemplateSource } from '../../rendering/check-template.ts';
import { isEnglish } from '../../rendering/language.ts';
import type { PartSource } from '../../rendering/part-source.ts';
import { sayProblem } from '../../rendering/problem-words.ts';
import { putTogether } from '../../rendering/put-together.ts';
import { render } from '../../rendering/render.ts';
import { type SlowReason, slowReason } from '../../rendering/segments.ts';
import { type SmsParts, smsPartsOf } from '../../rendering/sms-parts.ts';
import { madeUpValues } from '../../rendering/value-names.ts';
import { type RenderContext, readerName, sharedValues } from '../../rendering/values.ts';
import { textOfHtml } from '../../runtime/text-of-html.ts';
import type {
  Channel,
  NotifyCommand,
  Template,
  TemplateText,
  User,
} from '../../schemas/generated/records.ts';

/** Whose eyes a text is seen with. */
export type PreviewReader = Pick<User, 'fullName' | 'locale' | 'timeZone'>;

/** What happened, as a command of the engine says it. */
export type PreviewEvent = Pick<NotifyCommand, 'movie' | 'params' | 'occurredAt'>;

export type PreviewTask = {
  readonly source: TemplateSource;
  /** Null: made up. */
  readonly reader: PreviewReader | null;
  readonly event: PreviewEvent | null;
  /** What its texts are put together of. */
  readonly parts: readonly PartSource[];
  /** The part whose text it is; null: a template's. */
  readonly ofPart: string | null;
  /** Whether each name that a condition asks for is left out once: what the text says then. */
  readonly conditions: boolean;
};

/** What a person would see on a channel. */
export type Shown =
  | {
      readonly channel: 'email';
      readonly subject: string | null;
      readonly html: string;
      /** What a mail program shows that shows no HTML. */
      readonly text: string;
    }
  | { readonly channel: 'sms'; readonly text: string; readonly sms: SmsParts }
  | {
      readonly channel: 'messenger';
      readonly html: string;
      readonly text: string;
      /** In UTF-16 units, of which Telegram takes `maxUnits`. */
      readonly units: number;
      readonly maxUnits: number;
    };

/** A text in one language, for one set of values. */
export type Preview = {
  readonly locale: string;
  readonly leftOut: readonly string[];
  /** Why the engine renders it the slow way, person by person; null: from bytes to bytes. */
  readonly slow: SlowReason | null;
} & (
  | { readonly ok: true; readonly shown: Shown }
  | { readonly ok: false; readonly reason: string }
);

/** Telegram's bound of a message, after its entities are parsed. */
const telegramUnits = 4096;
/** What a task may answer with, all previews together. */
const maxShownChars = 1_000_000;

function valuesFor(task: PreviewTask, text: TemplateText, leftOut: readonly string[]) {
  const language = isEnglish(text.locale) ? 'en' : 'ru';
  const madeUp = madeUpValues(task.source.eventType, language);
  const values: Record<string, string> = {
    // A movie without a description is shown without one; where none was chosen, one is made up.
    ...(task.event?.movie ? {} : madeUp),
    ...(task.event && sharedValues(task.event, text.locale)),
    [readerName]: task.reader?.fullName ?? madeUp[readerName] ?? '',
  };
  for (const name of leftOut) delete values[name];
  return values as RenderContext;
}

function shownAs(channel: Channel, subject: string | null, body: string): Shown {
  switch (channel) {
    case 'email':
      return { channel, subject, html: body, text: textOfHtml(body) };
    case 'sms':
      return { channel, text: body, sms: smsPartsOf(body) };
    case 'messenger': {
      const text = textOfHtml(body);
      return { channel, html: body, text, units: text.length, maxUnits: telegramUnits };
    }
  }
}

function previewOf(
  task: PreviewTask,
  template: Template & { readonly channel: Channel },
  text: TemplateText,
  leftOut: readonly string[],
): Preview {
  const slow =
    slowReason(template, text.body, 'body') ??
    (text.subject === null ? null : slowReason(template, text.subject, 'subject'));
  const head = { locale: text.locale, leftOut, slow };
  const values = valuesFor(task, text, leftOut);
  const rendered = render(template, text, values, task.reader ?? undefined);
  if (!rendered.ok) return { ...head, ok: false, reason: rendered.reason };
  return { ...head, ok: true, shown: shownAs(template.channel, rendered.subject, rendered.body) };
}

const sizeOf = (preview: Preview) => JSON.stringify(preview).length;

/** Beyond these, conditions are shown by leaving names out by hand. */
const maxConditions = 10;

/** The texts with their parts in place, and why one cannot be, by its language. */
function placed({ source, parts, ofPart }: PreviewTask) {
  const reasons = new Map<string, string>();
  const texts = source.texts.map((text) => {
    const { locale } = text;
    const around = { parts, channel: source.channel, locale, ofPart };
    const { text: body, problems } = putTogether(text.body, around);
    const [first] = problems;
    if (first) reasons.set(locale, `${sharedPartReason}: ${sayProblem(first, 'en')}`);
    return { ...text, body };
  });
  return { texts, reasons };
}

/** How the reason begins of a text whose shared parts could not be put in place. */
export const sharedPartReason = 'A shared part is not there';

/**
 * What people would see of a template, in each of its languages and for each set of values that
 * are left out. Pure. Previews beyond a million characters together say only that.
 */
export function previewsOf(task: PreviewTask): readonly Preview[] {
  const { texts, reasons } = placed(task);
  const source = { ...task.source, texts };
  const template = { id: 'preview', version: 0, ...source, params: paramsOf(source) };
  const asked = task.conditions ? conditionsOf(source).slice(0, maxConditions) : [];
  let chars = 0;
  return [[], ...asked.map((name) => [name])].flatMap((leftOut) =>
    texts.map((text): Preview => {
      const { locale } = text;
      const missing = reasons.get(locale);
      if (missing !== undefined) return { locale, leftOut, slow: null, ok: false, reason: missing };
      const preview = previewOf(task, template, text, leftOut);
      chars += sizeOf(preview);
      if (chars <= maxShownChars) return preview;
      const { slow } = preview;
      return { locale, leftOut, slow, ok: false, reason: 'too much to show at once' };
    }),
  );
}
