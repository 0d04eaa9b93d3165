import { type FastifyPluginAsyncTypebox, type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../../runtime/clock.ts';
import { errorTable } from '../../../runtime/errors.ts';
import { allTopics, topics } from '../../../schemas/topics.ts';
import type {
  DeadLetters,
  LetterCursor,
  LetterLine,
  LetterQuery,
} from '../../read/dead-letters.ts';
import type { LetterContent, ReadLetterContent } from '../../read/letter-content.ts';
import type { Redrives } from '../../redrives/redrives.ts';
import { Field, pathWith, selectField, sinceOf, textField } from '../filters.ts';
import { requireVisitor } from '../guards.ts';
import { shownReason } from '../letter-reason.ts';
import { sendPage, wordsFor } from '../page.ts';
import { sendMissing } from '../problem-pages.ts';
import { redriveLines } from '../redrive-views.ts';
import { shownTime } from '../times.ts';
import { visitorOf } from '../visitor.ts';
import { numberIn } from '../words/bilingual.ts';
import type { Words } from '../words/words.ts';

const pageSize = 50;
const shownRedrives = 5;
/** What PostgreSQL's int holds. */
const maxInt = 2_147_483_647;
const cursorPattern = /^\d{1,15}-\d{1,9}-\d{1,15}-\d{1,9}$/;

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
  partition: Type.Integer({ minimum: 0, maximum: maxInt }),
  generation: Type.Integer({ minimum: 0, maximum: maxInt }),
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
  return {
    code: code || null,
    topic: topic || null,
    process: process || null,
    key: key || null,
    sinceMs: sinceOf(period, nowMs),
    untilMs: null,
    redriven: redriven === 'yes' ? true : redriven === 'no' ? false : null,
    limit: pageSize,
    after: cursorOf(query.after),
  };
}

const placeText = (topic: string | null, partition: number | null, offset: number | null) =>
  topic === null ? null : `${topic}-${partition ?? '?'}@${offset ?? '?'}`;

/** What a role is called on the dashboard; the history has another name in letters. */
function processName(process: string, { dashboard }: Words): string {
  const roles: Readonly<Record<string, string>> = dashboard.roles;
  const role = process === 'history' ? 'postgres' : process;
  return Object.hasOwn(roles, role) ? (roles[role] ?? process) : process;
}

function lineView(letter: LetterLine, words: Words) {
  const { language, deadLetters } = words;
  const { partition, generation, offset } = letter;
  return {
    path: `/dead-letters/${partition}/${generation}/${offset}`,
    code: letter.code ?? deadLetters.noCode,
    ...shownReason(letter, words),
    process: letter.process === null ? null : processName(letter.process, words),
    place: placeText(letter.topic, letter.sourcePartition, letter.sourceOffset),
    key: letter.key,
    written: shownTime(language, letter.writtenAtMs),
    redriven: letter.redrivenAtMs === null ? null : shownTime(language, letter.redrivenAtMs),
  };
}

function fieldsOf(query: Query, words: Words) {
  const { deadLetters, shell } = words;
  const codes = Object.keys(errorTable).toSorted();
  const select = (
    name: 'code' | 'topic' | 'period' | 'redriven',
    choices: readonly (readonly [string, string])[],
  ) => selectField({ name, label: deadLetters[name], value: query[name] }, shell.any, choices);
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
    select('redriven', Object.entries(deadLetters.redrivenAnswers)),
    textField('key', deadLetters.key, query.key),
  ];
}

const home = '/dead-letters';

/** One code alone: it leaves the other fields, and goes back to the first page. */
const codeLink = (query: Query, code: string) => pathWith(home, { ...query, code, after: '' });

/** The fields of a filter that a redrive knows too, as a form carries them. */
function hiddenOf(query: Query) {
  const { redriven: _, ...filter } = query;
  return Object.entries(filter).flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

async function listView(deadLetters: DeadLetters, query: Query, words: Words, nowMs: number) {
  const page = await deadLetters.list(letterQuery(query, nowMs));
  const total = page.counts.reduce((sum, { count }) => sum + count, 0);
  const { after: _, ...filter } = query;
  const isFiltered = Object.values(filter).some(Boolean);
  const { noCode, found } = words.deadLetters;
  return {
    words: words.deadLetters,
    fields: fieldsOf(query, words),
    // The hidden fields of the form that sends back what is found.
    hidden: hiddenOf(filter),
    isFiltered,
    isLater: Boolean(query.after),
    found: found(total),
    firstPath: pathWith(home, filter),
    counts: page.counts.map(({ code, count }) => ({
      code: code ?? noCode,
      count: numberIn(words.language, count),
      path: code === null ? null : codeLink(query, code),
    })),
    letters: page.letters.map((letter) => lineView(letter, words)),
    nextPath:
      page.next === null ? null : pathWith(home, { ...query, after: cursorText(page.next) }),
  };
}

function oneView(letter: LetterLine, words: Words) {
  const { language, deadLetters } = words;
  const { sourceTimestampMs, leftOutBytes, partition, offset } = letter;
  return {
    words: deadLetters,
    letter: lineView(letter, words),
    source: {
      topic: letter.topic,
      partition: letter.sourcePartition,
      offset: letter.sourceOffset,
      timestamp: sourceTimestampMs === null ? null : shownTime(language, sourceTimestampMs),
    },
    lies: placeText(topics.deadLetters.name, partition, offset),
    leftOut: leftOutBytes === 0 ? null : deadLetters.leftOutText(leftOutBytes),
    hidden: [
      { name: 'partition', value: partition },
      { name: 'offset', value: offset },
    ],
    command: `npm run redrive -- --code ${letter.code ?? '…'} --dry-run`,
  };
}

/** What the record says, for those who may read what is written about people. */
function contentView(content: LetterContent | null, mayRead: boolean, { deadLetters }: Words) {
  const { contents } = deadLetters;
  if (!mayRead) return { note: contents.hidden, text: null };
  switch (content?.kind) {
    case 'decoded':
      return { note: null, text: content.text };
    case 'unreadable':
      return { note: contents.unreadable(content.reason), text: content.text };
    case 'absent':
      return { note: contents.absent, text: null };
    case undefined:
      return { note: contents.unknown, text: null };
  }
}

/** /dead-letters, and one of them by its place in the topic */
export function deadLetterPages(options: {
  readonly deadLetters: DeadLetters;
  readonly letterContent: ReadLetterContent;
  readonly redrives: Redrives;
  readonly clock: Clock;
}): FastifyPluginAsyncTypebox {
  const { deadLetters, letterContent: read, redrives, clock } = options;
  const onRequest = requireVisitor('dead-letters:read');
  const may = (request: FastifyRequest) =>
    visitorOf(request).identity.scopes.has('dead-letters:redrive');
  return async (app) => {
    const section = 'deadLetters';
    const schema = { querystring: Query };
    app.get('/dead-letters', { schema, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const list = await listView(deadLetters, request.query, words, clock.nowMs());
      const { title } = words.deadLetters;
      const latest = redriveLines(redrives.list().slice(0, shownRedrives), words);
      const data = { ...list, redriveWords: words.redrives, mayRedrive: may(request), latest };
      return sendPage(reply, { view: 'letters', title, section, data });
    });

    const path = '/dead-letters/:partition/:generation/:offset';
    app.get(path, { schema: { params: Place }, onRequest }, async (request, reply) => {
      const words = wordsFor(request);
      const letter = await deadLetters.one(request.params);
      if (!letter) return sendMissing(reply, words.deadLetters.oneGone);
      const redriveWords = words.redrives;
      const mayRead = visitorOf(request).identity.scopes.has('people:read');
      const content = contentView(mayRead ? await read(letter) : null, mayRead, words);
      const data = { ...oneView(letter, words), content, redriveWords, mayRedrive: may(request) };
      const title = `${letter.code ?? words.deadLetters.noCode} · ${words.deadLetters.oneTitle}`;
      return sendPage(reply, { view: 'letter', title, section, data });
    });
  };
}
