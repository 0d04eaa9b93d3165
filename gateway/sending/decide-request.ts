import { unrenderable } from '../../rendering/unrenderable.ts';
import { readerName, sharedValues } from '../../rendering/values.ts';
import { isUnreadable, readableIn } from '../../runtime/table.ts';
import type { Channel, NotificationRequested, Template } from '../../schemas/generated/records.ts';
import { badRequest, notFound, type Outcome, type Problem } from '../http/problem.ts';
import { type GatewayTables, notReadable } from '../read/tables.ts';
import { movieProblem, type Naming, namedPeople } from './named-people.ts';

/** A request as it came, with what the gateway adds to it. */
export type AskedFor = {
  readonly channel: Channel;
  readonly body: Naming & { readonly template_id: string; readonly movie_id?: string };
  readonly requestId: string;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
};

const refused = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });

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

/** The record to write for a request, or why it is refused. Pure. */
export function decideRequest(
  asked: AskedFor,
  tables: Pick<GatewayTables, 'movies' | 'templates'>,
): Outcome<NotificationRequested> {
  const { body } = asked;
  const people = namedPeople(body);
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
      template: null,
      ...people.value,
      requestedBy: asked.requestedBy,
      requestedAt: asked.requestedAtMs,
    },
  };
}
