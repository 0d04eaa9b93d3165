import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import { errorTable } from '../../runtime/errors.ts';
import { allTopics } from '../../schemas/topics.ts';
import { requireScope, securityOf } from '../http/identity.ts';
import { type Outcome, problemResponses, sendProblem } from '../http/problem.ts';
import type {
  DeadLetters,
  LetterCursor,
  LetterLine,
  LetterPage,
  LetterQuery,
} from '../read/dead-letters.ts';
import { Bound, Filter, Limit, timesOf } from './filters.ts';
import { isoTime, OrNull, Time } from './schemas.ts';

/** About 500 KB of answer; more would hold the event loop of everyone. */
const pageSize = { usual: 50, max: 500 };
/** After the year 9999 ISO 8601 has other forms, which few programs read. */
const maxTimeMs = Date.parse('9999-12-31T23:59:59.999Z');

const Query = Type.Object(
  {
    code: Type.Optional(
      Type.Enum(Object.keys(errorTable), { description: 'Why the record was set aside.' }),
    ),
    topic: Type.Optional(
      Type.Enum(
        allTopics.map(({ name }) => name),
        { description: 'Where the record came from.' },
      ),
    ),
    process: Filter('Who set it aside: audience, notify, email, history …'),
    key: Filter('The key of the record.'),
    since: Bound('Letters written at this time or later.'),
    until: Bound('Letters written at this time or earlier.'),
    redriven: Type.Optional(
      Type.Enum(['true', 'false'], { description: 'Whether the record was sent back.' }),
    ),
    limit: Limit('letters', pageSize),
    after: Type.Optional(
      Type.String({
        pattern: '^\\d{1,15}-\\d{1,9}-\\d{1,15}-\\d{1,9}$',
        description: 'The next_after of the page before.',
      }),
    ),
  },
  { additionalProperties: false },
);

const Letter = Type.Object({
  code: OrNull(Type.String()),
  reason: OrNull(Type.String({ description: 'What happened, to which field, and what to do.' })),
  process: OrNull(Type.String({ description: 'Who set it aside.' })),
  topic: OrNull(Type.String({ description: 'Where the record lay.' })),
  partition: OrNull(Type.Integer()),
  offset: OrNull(Type.Integer()),
  timestamp: OrNull(Time),
  key: OrNull(Type.String({ description: 'In hexadecimal behind 0x when it is no text.' })),
  left_out_bytes: Type.Integer({
    description: 'Bytes that the letter had no room for; they lie where the record lay.',
  }),
  written_at: Time,
  letter: Type.Object(
    { partition: Type.Integer(), offset: Type.Integer() },
    { description: 'Where the letter lies in dead-letters.' },
  ),
  redriven_at: OrNull(Time),
});

const Letters = Type.Object(
  {
    total: Type.Integer({ description: 'Letters on all pages; the sum of the counts.' }),
    counts: Type.Array(Type.Object({ code: OrNull(Type.String()), count: Type.Integer() }), {
      description: 'The most frequent code first.',
    }),
    dead_letters: Type.Array(Letter, { description: 'One page, newest first.' }),
    next_after: OrNull(Type.String({ description: 'Null on the last page.' })),
  },
  { description: 'The letters, as far as the history knows.' },
);

const timeOrNull = (timeMs: number | null) =>
  timeMs === null || timeMs < 0 || timeMs > maxTimeMs ? null : isoTime(timeMs);

const cursorText = ({ writtenAtMs, generation, offset, partition }: LetterCursor) =>
  [writtenAtMs, generation, offset, partition].join('-');

function cursorOf(text: string | undefined): LetterCursor | null {
  if (text === undefined) return null;
  const [writtenAtMs = 0, generation = 0, offset = 0, partition = 0] = text.split('-').map(Number);
  return { writtenAtMs, generation, offset, partition };
}

const letterView = (letter: LetterLine): Static<typeof Letter> => ({
  code: letter.code,
  reason: letter.reason,
  process: letter.process,
  topic: letter.topic,
  partition: letter.sourcePartition,
  offset: letter.sourceOffset,
  timestamp: timeOrNull(letter.sourceTimestampMs),
  key: letter.key,
  left_out_bytes: letter.leftOutBytes,
  written_at: isoTime(letter.writtenAtMs),
  letter: { partition: letter.partition, offset: letter.offset },
  redriven_at: timeOrNull(letter.redrivenAtMs),
});

const pageView = ({ counts, letters, next }: LetterPage): Static<typeof Letters> => ({
  total: counts.reduce((sum, { count }) => sum + count, 0),
  counts: [...counts],
  dead_letters: letters.map(letterView),
  next_after: next === null ? null : cursorText(next),
});

function queryOf(query: Static<typeof Query>): Outcome<LetterQuery> {
  const { code = null, topic = null, process = null, key = null } = query;
  const { redriven, after, limit = pageSize.usual } = query;
  const times = timesOf(query);
  if (!times.ok) return times;
  return {
    ok: true,
    value: {
      code,
      topic,
      process,
      key,
      ...times.value,
      redriven: redriven === undefined ? null : redriven === 'true',
      limit,
      after: cursorOf(after),
    },
  };
}

const schema = {
  operationId: 'listDeadLetters',
  summary: 'Records that could not be worked on: why, where they lie, whether they were sent back',
  description:
    'From the history, which follows the topics with a short delay. To send records back once ' +
    'the reason is gone: `npm run redrive`.',
  tags: ['operations'],
  security: securityOf('dead-letters:read'),
  querystring: Query,
  response: { 200: Letters, ...problemResponses(400, 401, 403, 503) },
};

/** GET /api/v1/dead-letters */
export function deadLetterRoutes(options: {
  readonly deadLetters: Pick<DeadLetters, 'list'>;
}): FastifyPluginAsyncTypebox {
  const { deadLetters } = options;
  const onRequest = requireScope('dead-letters:read');
  return async (app) => {
    app.get('/api/v1/dead-letters', { schema, onRequest }, async (request, reply) => {
      const query = queryOf(request.query);
      if (!query.ok) return sendProblem(reply, query.problem);
      return pageView(await deadLetters.list(query.value));
    });
  };
}
