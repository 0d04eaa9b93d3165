import { checkAnnouncement } from '../../rendering/check-announcement.ts';
import { sayProblem } from '../../rendering/problem-words.ts';
import type { TemplateProblem } from '../../rendering/template-problem.ts';
import { readerName, sharedValues } from '../../rendering/values.ts';
import { readableIn } from '../../runtime/table.ts';
import type { Channel, NotificationRequested } from '../../schemas/generated/records.ts';
import { badRequest, type FieldProblem, type Outcome, type Problem } from '../http/problem.ts';
import type { GatewayTables } from '../read/tables.ts';
import { problemView } from '../templates/problems.ts';
import {
  type AnnouncementLocale,
  type AnnouncementText,
  announcementLocales,
  announcementNames,
  announcementTemplate,
  piecesOf,
} from './announcement-template.ts';
import { movieProblem, type Naming, namedPeople } from './named-people.ts';

/** An announcement as it came, in the words of the API. */
export type AnnouncementBody = Naming & {
  readonly channels: readonly Channel[];
  readonly texts: {
    readonly [L in AnnouncementLocale]?: { readonly subject?: string; readonly body: string };
  };
  readonly default_locale?: AnnouncementLocale;
  readonly movie_id?: string;
};

/** With what the gateway adds to it; each channel has a request of its own. */
export type Announced = {
  readonly body: AnnouncementBody;
  readonly requestIdOf: (channel: Channel) => string;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
};

/** Telegram takes so many, and Twilio refuses longer texts; values come on top. */
const maxChars: Readonly<Record<Channel, number>> = { email: 50_000, sms: 1600, messenger: 4096 };

function textsOf({ texts }: AnnouncementBody): readonly AnnouncementText[] {
  return announcementLocales.flatMap((locale) => {
    const text = texts[locale];
    return text ? [{ locale, subject: text.subject ?? null, body: text.body }] : [];
  });
}

/** What a text would say that has no value for it; null: it can be said. */
function faultOf(source: string, has: (name: string) => boolean): string | null {
  const missing = piecesOf(source)?.find((each) => each.kind === 'name' && !has(each.name));
  if (missing?.kind !== 'name') return null;
  return `names ${missing.name}, which has no value: name a movie that has it, by movie_id`;
}

function faultsOf(
  { locale, subject, body }: AnnouncementText,
  channels: readonly Channel[],
  has: (name: string) => boolean,
): readonly FieldProblem[] {
  const faults: FieldProblem[] = [];
  const add = (part: 'subject' | 'body', message: string | null) => {
    if (message !== null) faults.push({ field: `texts.${locale}.${part}`, message });
  };
  add('subject', faultOf(subject ?? '', has));
  add('body', faultOf(body, has));
  for (const channel of channels) {
    if (body.length <= maxChars[channel]) continue;
    add('body', `has ${body.length} characters; of ${channel} at most ${maxChars[channel]}`);
  }
  return faults;
}

const placeOf = ({ from }: TemplateProblem) => `line ${from.line}, column ${from.column}`;

/** What is wrong with what was written, in both languages, and at which place. */
function writtenProblem({ body }: Announced): Problem | null {
  const { channels } = body;
  const problems = checkAnnouncement({ texts: textsOf(body), channels, names: announcementNames });
  if (problems.length === 0) return null;
  const errors = problems.map((each) => ({
    field: `texts.${each.locale}.${each.part}`,
    message: `is wrong at ${placeOf(each)}: ${sayProblem(each, 'en').replace(/\.$/, '')}`,
  }));
  const refused = badRequest(...errors);
  return { ...refused, members: { ...refused.members, problems: problems.map(problemView) } };
}

/** Every language must be sayable: whoever reads it would be declined, one by one. */
function textProblem({ body, requestedAtMs }: Announced, tables: Tables): Problem | null {
  const row = body.movie_id === undefined ? undefined : tables.movies.get(body.movie_id);
  const command = { movie: readableIn(row) ?? null, params: [], occurredAt: requestedAtMs };
  const faults = textsOf(body).flatMap((text) => {
    const values = sharedValues(command, text.locale);
    const has = (name: string) => name === readerName || Object.hasOwn(values, name);
    return faultsOf(text, body.channels, has);
  });
  return faults.length === 0 ? null : badRequest(...faults);
}

type Tables = Pick<GatewayTables, 'movies'>;

/** The requests to write for an announcement, one a channel, or why it is refused. Pure. */
export function decideAnnouncement(
  announced: Announced,
  tables: Tables,
): Outcome<readonly NotificationRequested[]> {
  const { body, requestIdOf, requestedBy, requestedAtMs } = announced;
  const people = namedPeople(body);
  if (!people.ok) return people;
  const texts = textsOf(body);
  const locale = body.default_locale ?? texts[0]?.locale ?? announcementLocales[0];
  if (!texts.some((text) => text.locale === locale)) {
    const message = 'is a language that the announcement is not written in';
    return { ok: false, problem: badRequest({ field: 'default_locale', message }) };
  }
  const problem =
    movieProblem(body, tables.movies) ??
    writtenProblem(announced) ??
    textProblem(announced, tables);
  if (problem) return { ok: false, problem };
  const requests = body.channels.map((channel): NotificationRequested => {
    const requestId = requestIdOf(channel);
    const template = announcementTemplate({ channel, requestId, locale, texts });
    return {
      requestId,
      channel,
      templateId: template.id,
      movieId: body.movie_id ?? null,
      template,
      ...people.value,
      requestedBy,
      requestedAt: requestedAtMs,
    };
  });
  return { ok: true, value: requests };
}
