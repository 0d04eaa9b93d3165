import { type Static, Type } from '@fastify/type-provider-typebox';
import { unrenderable } from '../../rendering/unrenderable.ts';
import { readerName, sharedValues } from '../../rendering/values.ts';
import { isUnreadable, readableIn } from '../../runtime/table.ts';
import type { Channel, NotificationRequested, Template } from '../../schemas/generated/records.ts';
import { badRequest, notFound, type Outcome, type Problem } from '../http/problem.ts';
import { type GatewayTables, notReadable } from '../read/tables.ts';
import { Id, idCharacter, maxIdLength } from './schemas.ts';

/** More people than this are an audience, not a list; also what fits into the body. */
const maxUserIds = 10_000;

/** The body of a request, in the seed's words. */
export const NotificationBody = Type.Object(
  {
    template_id: Id,
    movie_id: Type.Optional(Id),
    user_ids: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String())], {
        description:
          'Who gets it: ids in one text with commas between, or a list of ids. ' +
          `At most ${maxUserIds}.`,
      }),
    ),
    audience: Type.Optional(
      Type.String({
        maxLength: maxIdLength,
        pattern: `^(all|(movie|genre):${idCharacter}+)$`,
        description:
          'Instead of user_ids: all, movie:<id> (its followers) or genre:<name> (its followers).',
      }),
    ),
  },
  {
    additionalProperties: false,
    oneOf: [{ required: ['user_ids'] }, { required: ['audience'] }],
    examples: [{ template_id: '1', movie_id: '1', user_ids: '1, 2, 3' }],
  },
);

export type NotificationBody = Static<typeof NotificationBody>;

/** A request as it came, with what the gateway adds to it. */
export type AskedFor = {
  readonly channel: Channel;
  readonly body: NotificationBody;
  readonly requestId: string;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
};

const idPattern = new RegExp(`^${idCharacter}+$`);

type People = Pick<NotificationRequested, 'userIds' | 'audience'>;

const refused = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });
const wrong = (field: string, message: string) => refused(badRequest({ field, message }));

function listed(text: string | readonly string[]): Outcome<readonly string[]> {
  const parts = typeof text === 'string' ? text.split(',') : text;
  const ids = new Set(parts.map((part) => part.trim()).filter((part) => part !== ''));
  if (ids.size === 0) return wrong('user_ids', 'names nobody');
  if (ids.size > maxUserIds) return wrong('user_ids', `names more than ${maxUserIds} people`);
  for (const id of ids) {
    if (id.length <= maxIdLength && idPattern.test(id)) continue;
    const limits = `${maxIdLength} characters, none of them control characters`;
    return wrong('user_ids', `holds an id that is not at most ${limits}`);
  }
  return { ok: true, value: [...ids] };
}

/** The schema lets one of the two pass, and never both. */
function peopleOf({ user_ids: userIds = [], audience }: NotificationBody): Outcome<People> {
  if (audience !== undefined) return { ok: true, value: { userIds: [], audience } };
  const ids = listed(userIds);
  return ids.ok ? { ok: true, value: { userIds: ids.value, audience: null } } : ids;
}

function templateProblem(template: Template | undefined, asked: AskedFor): Problem | null {
  const { channel, body } = asked;
  if (!template) return notFound(`There is no template ${body.template_id}.`);
  if (template.channel !== channel) {
    const { id, channel: written } = template;
    return { status: 409, detail: `Template ${id} is written for ${written}, not for ${channel}.` };
  }
  const movieParam = template.params.find((name) => name.startsWith('movie_'));
  if (movieParam === undefined || body.movie_id !== undefined) return null;
  const message = `is required, for template ${template.id} uses ${movieParam}`;
  return badRequest({ field: 'movie_id', message });
}

/** A text that needs what a request never has would be declined for each person, one by one. */
function textProblem(
  template: Template | undefined,
  { body, requestedAtMs }: AskedFor,
  movies: GatewayTables['movies'],
): Problem | null {
  if (!template) return null;
  const movieRow = body.movie_id === undefined ? undefined : movies.get(body.movie_id);
  const movie = readableIn(movieRow) ?? null;
  const why = unrenderable(template, (locale) => ({
    ...sharedValues({ movie, params: [], occurredAt: requestedAtMs }, locale),
    [readerName]: '',
  }));
  if (!why) return null;
  const message = `is ${template.id}, which ${why.reason}`;
  return {
    status: 422,
    detail: `Template ${template.id} ${why.reason}.`,
    members: { errors: [{ field: 'template_id', message }], missing_values: why.missing },
  };
}

/** Every movie that a request names must be there: the one of the text and the audience's. */
function movieProblem(body: NotificationBody, movies: GatewayTables['movies']): Problem | null {
  const followed = /^movie:(.+)$/s.exec(body.audience ?? '')?.[1];
  for (const id of [body.movie_id, followed]) {
    if (id === undefined) continue;
    const row = movies.get(id);
    if (isUnreadable(row)) return notReadable('movies', id, row);
    if (!row) return notFound(`There is no movie ${id}.`);
  }
  return null;
}

/** The record to write for a request, or why it is refused. Pure. */
export function decideRequest(
  asked: AskedFor,
  tables: Pick<GatewayTables, 'movies' | 'templates'>,
): Outcome<NotificationRequested> {
  const { body } = asked;
  const people = peopleOf(body);
  if (!people.ok) return people;
  const row = tables.templates.get(body.template_id);
  if (isUnreadable(row)) return refused(notReadable('templates', body.template_id, row));
  const template = row?.value;
  const { movies } = tables;
  const problem =
    templateProblem(template, asked) ??
    movieProblem(body, movies) ??
    textProblem(template, asked, movies);
  if (problem) return refused(problem);
  return {
    ok: true,
    value: {
      requestId: asked.requestId,
      channel: asked.channel,
      templateId: body.template_id,
      movieId: body.movie_id ?? null,
      ...people.value,
      requestedBy: asked.requestedBy,
      requestedAt: asked.requestedAtMs,
    },
  };
}
