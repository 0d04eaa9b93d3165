import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { Clock } from '../../../runtime/clock.ts';
import { errorTable } from '../../../runtime/errors.ts';
import { allTopics, topics } from '../../../schemas/topics.ts';
import type {
  DeadLetters,
  LetterCursor,
  LetterLine,
  LetterQuery,
} from '../../read/dead-letters.ts';
import { requireVisitor } from '../guards.ts';
import { sendPage, wordsFor } from '../page.ts';
import { sendMissing } from '../problem-pages.ts';
import { shownTime } from '../times.ts';
import { numberIn } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';

const pageSize = 50;
const maxFilterChars = 255;
const hourMs = 60 * 60 * 1000;
const periods = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs } as const;
const cursorPattern = /^\d{1,15}-\d{1,9}-\d{1,15}-\d{1,9}$/;

/** Forms send every field, so an empty one is one that was left alone. */
const Field = Type.Optional(Type.String({ maxLength: maxFilterChars }));
const Query = Type.Object({
  code: Field,
  topic: Field,
  process: Field,
  key: Field,
  period: Field,
  redriven: Field,
  after: Field,
});
type Query = Static<typeof Query>;

const Place = Type.Object({
  partition: Type.Integer({ minimum: 0 }),
  generation: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
});

const cursorText = ({ writtenAtMs, generation, offset, partition }: LetterCursor) =>
  [writtenAtMs, generation, offset, partition].join('-');

function cursorOf(text: string | undefined): LetterCursor | null {
  if (text === undefined || !cursorPattern.test(text)) return null;
  const [writtenAtMs = 0, generation = 0, offset = 0, partition = 0] = text.split('-').map(Number);
  return { writtenAtMs, generation, offset, partition };
}

/** What a form or a typed address asks for; a value that means nothing counts as none. Pure. */
function letterQuery(query: Query, nowMs: number): LetterQuery {
  const { code, topic, process, key, period, redriven } = query;
  const periodMs = Object.entries(periods).find(([name]) => name === period)?.[1];
  return {
    code: code || null,
    topic: topic || null,
    process: process || null,
    key: key || null,
    sinceMs: periodMs === undefined ? null : nowMs - periodMs,
    untilMs: null,
    redriven: redriven === 'yes' ? true : redriven === 'no' ? false : null,
    limit: pageSize,
    after: cursorOf(query.after),
  };
}

const placeText = (topic: string | null, partition: number | null, offset: number | null) =>
  topic === null ? null : `${topic}-${partition ?? '?'}@${offset ?? '?'}`;

const adviceOf = (code: string | null) =>
  (errorTable as Readonly<Record<string, { readonly message: string }>>)[code ?? '']?.message ??
  null;

function lineView(letter: LetterLine, words: Words) {
  const { language, deadLetters } = words;
  const { partition, generation, offset } = letter;
  return {
    path: `/dead-letters/${partition}/${generation}/${offset}`,
    code: letter.code ?? deadLetters.noCode,
    reason: letter.reason,
    process: letter.process,
    place: placeText(letter.topic, letter.sourcePartition, letter.sourceOffset),
    key: letter.key,
    written: shownTime(language, letter.writtenAtMs),
    redriven: letter.redrivenAtMs === null ? null : shownTime(language, letter.redrivenAtMs),
  };
}

const optionsOf = (entries: readonly (readonly [string, string])[], chosen: string | undefined) =>
  entries.map(([value, name]) => ({ value, name, chosen: value === chosen }));

function fieldsOf(query: Query, words: Words) {
  const { deadLetters, shell } = words;
  const { redrivenAnswers } = deadLetters;
  const any: readonly (readonly [string, string])[] = [['', shell.any]];
  const codes = Object.keys(errorTable).toSorted();
  const select = (
    name: 'code' | 'topic' | 'period' | 'redriven',
    entries: readonly (readonly [string, string])[],
  ) => ({
    name,
    label: deadLetters[name],
    options: optionsOf([...any, ...entries], query[name]),
    value: null,
  });
  return [
    select(
      'code',
      codes.map((code) => [code, code] as const),
    ),
    select(
      'topic',
      allTopics.map(({ name }) => [name, name] as const),
    ),
    select('period', Object.entries(deadLetters.periods)),
    select('redriven', Object.entries(redrivenAnswers)),
    { name: 'key', label: deadLetters.key, options: null, value: query.key ?? '' },
  ];
}

/** The same filter, on another page of it. */
function pathWith(query: Query, changes: Partial<Query>): string {
  const entries = Object.entries({ ...query, ...changes }).filter(([, value]) => value);
  const text = new URLSearchParams(entries as [string, string][]).toString();
  return text === '' ? '/dead-letters' : `/dead-letters?${text}`;
}

/** One code alone: it leaves the other fields, and goes back to the first page. */
const codeLink = (query: Query, code: string) => pathWith(query, { code, after: '' });

async function listView(deadLetters: DeadLetters, query: Query, words: Words, nowMs: number) {
  const page = await deadLetters.list(letterQuery(query, nowMs));
  const total = page.counts.reduce((sum, { count }) => sum + count, 0);
  const { after: _, ...filter } = query;
  const isFiltered = Object.values(filter).some(Boolean);
  const { noCode, found } = words.deadLetters;
  return {
    words: words.deadLetters,
    fields: fieldsOf(query, words),
    isFiltered,
    isLater: Boolean(query.after),
    found: found(total),
    firstPath: pathWith(filter, {}),
    counts: page.counts.map(({ code, count }) => ({
      code: code ?? noCode,
      count: numberIn(words.language, count),
      path: code === null ? null : codeLink(query, code),
    })),
    letters: page.letters.map((letter) => lineView(letter, words)),
    nextPath: page.next === null ? null : pathWith(query, { after: cursorText(page.next) }),
  };
}

function oneView(letter: LetterLine, words: Words) {
  const { language, deadLetters } = words;
  const { sourceTimestampMs, leftOutBytes, partition, offset } = letter;
  return {
    words: deadLetters,
    letter: lineView(letter, words),
    advice: adviceOf(letter.code),
    source: {
      topic: letter.topic,
      partition: letter.sourcePartition,
      offset: letter.sourceOffset,
      timestamp: sourceTimestampMs === null ? null : shownTime(language, sourceTimestampMs),
    },
    lies: placeText(topics.deadLetters.name, partition, offset),
    leftOut: leftOutBytes === 0 ? null : deadLetters.leftOutText(leftOutBytes),
    command: `npm run redrive -- --code ${letter.code ?? '…'} --dry-run`,
  };
}

/** /dead-letters, and one of them by its place in the topic */
export function deadLetterPages(options: {
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
}): FastifyPluginAsyncTypebox {
  const { deadLetters, clock } = options;
  const onRequest = requireVisitor('dead-letters:read');
  return async (app) => {
    const section = 'deadLetters';
    const schema = { querystring: Query };
    app.get('/dead-letters', { schema, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const data = await listView(deadLetters, request.query, words, clock.nowMs());
      const { title } = words.deadLetters;
      return sendPage(reply, { view: 'letters', title, section, data });
    });

    const path = '/dead-letters/:partition/:generation/:offset';
    app.get(path, { schema: { params: Place }, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const letter = await deadLetters.one(request.params);
      if (!letter) return sendMissing(reply, words.deadLetters.oneGone);
      const data = oneView(letter, words);
      const title = `${letter.code ?? words.deadLetters.noCode} · ${words.deadLetters.oneTitle}`;
      return sendPage(reply, { view: 'letter', title, section, data });
    });
  };
}
