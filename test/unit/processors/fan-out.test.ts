import fc from 'fast-check';
import { expect, test } from 'vitest';
import { channelOrder } from '../../../processors/fan-out.ts';
import { userFieldsRead } from '../../../processors/notification-kernel.ts';
import { notify } from '../../../processors/notify.ts';
import type { KafkaRecord } from '../../../runtime/kafka/record.ts';
import type { Processor } from '../../../runtime/processor.ts';
import type { NotifyCommand, Template, User } from '../../../schemas/generated/records.ts';
import { expandSchema, loadSchemas } from '../../../schemas/load.ts';
import { topics } from '../../../schemas/topics.ts';
import { createDriver } from '../../driver/driver.ts';

const { fanOut: _, ...slowNotify } = notify;

type World = {
  readonly users: readonly User[];
  readonly command: NotifyCommand;
  readonly optedOut: readonly string[];
  readonly suppressed: readonly string[];
};

const names = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('Анна Каренина', 'John Smith', 'Zoë', 'Иван Ё') },
  { weight: 2, arbitrary: fc.constantFrom("O'Neil <b>", 'A & B', '`=`', '"quoted"') },
  fc.constantFrom('trail ', ' lead', 'two\nlines', 'de\u007fl', 'a\0b', '\u0085'),
  fc.constantFrom('', ' ', '\u00a0nbsp', '\u2028', '王小明', '😀', '\u202egpj', 'e\u0301'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('я'.repeat(250), "'".repeat(400), 'Яна'.repeat(15), 'e\u0301'.repeat(40)),
);
const address = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('anna@example.com', '+79160000001', '1001') },
  { weight: 1, arbitrary: fc.constantFrom(null, '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const user = (id: string): fc.Arbitrary<User> =>
  fc.record({
    id: fc.constant(id),
    fullName: names,
    email: address,
    phone: address,
    telegramChatId: address,
    locale: fc.constantFrom(null, 'ru', 'en', 'en-GB', 'kk', '', 'EN', 'en_US', ' en ', 'ru-x-a'),
    timeZone: fc.constantFrom(null, 'Europe/Moscow'),
    channels: fc.subarray([...channelOrder, 'unknown' as const]),
    followedMovieIds: fc.subarray(['m1', 'm2']),
    followedGenres: fc.subarray(['drama', 'crime']),
  });

const simplePiece = fc.constantFrom(
  ...['{{ user_full_name }}', '{{user_full_name}}', '{{movie_title}}', '{{ episode }}'],
  ...['Уважаемый ', ', привет! ', '<b>&amp;</b>', ' ', '\n', '\\', '\0', '\u2028', '\r\n'],
);
const anyPiece = fc.oneof(
  simplePiece,
  fc.constantFrom(
    '{{{ user_full_name }}}',
    '{{& movie_title }}',
    '{{!-- aside --}}',
    '{{~episode~}}',
  ),
  fc.constantFrom(
    '{{#if episode}}да{{/if}}',
    '{{ missing }}',
    '{{constructor}}',
    '{{this}}',
    '\\{{x}}',
  ),
  fc.constantFrom(
    '{{plural episode one="серия" few="серии" many="серий" other="episodes"}}',
    '{{date event_date style="full"}}',
    '{{ date }}',
    '{{#if date}}{{url movie_title}}{{/if}}',
  ),
  fc.constantFrom('{{', '{{#if}}', '{{ user.full }}', '{{lookup movie_title 0}}', '{{../episode}}'),
);
const declared = 'user_full_name movie_title episode constructor event_date date'.split(' ');
const joined = (pieces: fc.Arbitrary<string>, minLength: number) =>
  fc.array(pieces, { minLength, maxLength: 6 }).map((all) => all.join(''));
/** Mostly texts that the fast way takes, or it would hardly be tried. */
const source = fc.oneof(
  { weight: 12, arbitrary: joined(simplePiece, 1).map((made) => `Привет${made}!`) },
  { weight: 3, arbitrary: joined(simplePiece, 1) },
  { weight: 2, arbitrary: joined(anyPiece, 0) },
);
const text = (...locales: string[]) =>
  fc.record({
    locale: fc.constantFrom(...locales),
    subject: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('{{user_full_name}}', 'О {{user_full_name}}') },
      { weight: 2, arbitrary: source },
      { weight: 1, arbitrary: fc.constantFrom(null, ' ') },
    ),
    body: fc.oneof({ weight: 9, arbitrary: source }, fc.constant(' \n')),
  });
const template = (channel: Template['channel']): fc.Arbitrary<Template> =>
  fc.record({
    id: fc.constant(`t-${channel}`),
    version: fc.integer({ min: 1, max: 1000 }),
    eventType: fc.constant('episodeReleased' as const),
    channel: fc.constant(channel),
    locale: fc.constantFrom('ru', 'en', 'de', 'EN_gb'),
    texts: fc.oneof(
      { weight: 8, arbitrary: fc.tuple(text('ru', ' RU'), text('en', 'En', 'EN_us')) },
      { weight: 2, arbitrary: fc.tuple(text('ru')) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
    params: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constant(declared),
      },
      { weight: 1, arbitrary: fc.constant(['user_full_name', 'movie_title']) },
      { weight: 1, arbitrary: fc.constant(['movie_title', 'episode', 'missing']) },
    ),
  });

const audience = fc.constantFrom(
  { audienceKind: 'movieFollowers' as const, audienceKeys: ['m1'] },
  { audienceKind: 'genreFollowers' as const, audienceKeys: ['drama', 'crime'] },
  { audienceKind: 'everyone' as const, audienceKeys: [] },
);
const longTitles = [150, 200, 235, 247, 300].map((chars) => 'Т'.repeat(chars));
const oddTitles = ['\u202eтарБ', 'a\0\u2028b\r\n', 'e\u0301'.repeat(130), ...longTitles];
const command: fc.Arbitrary<NotifyCommand> = fc
  .record({
    audience,
    title: fc.constantFrom('Брат', 'Tom & "Jerry"', 'a\nb', '', ...oddTitles),
    englishTitle: fc.constantFrom(null, 'Brother', ' '),
    requestId: fc.constantFrom(null, null, 'request-1'),
    templates: fc
      .subarray(channelOrder.map(template), { minLength: 1 })
      .chain((chosen) => fc.tuple(...chosen)),
  })
  .map(({ audience: found, title, englishTitle, requestId, templates }) => ({
    ...found,
    eventId: 'event-1',
    eventType: 'episodeReleased',
    source: { topic: 'episode-released', partition: 1, offset: 123_456_789_012 },
    occurredAt: Date.parse('2026-01-15T12:00:00Z'),
    requestId,
    params: [
      { name: 'episode', value: '3' },
      { name: 'date', value: '1 марта' },
    ],
    movie: { id: 'm1', title, englishTitle, genres: [], year: 1997, description: null },
    templates,
    digest: '',
    part: 0,
    redriven: false,
  }));

const userIds = Array.from({ length: 12 }, (__, n) => (n === 5 ? 'юзер-5' : `user-${n}`));
const worlds: fc.Arbitrary<World> = fc.record({
  users: fc.tuple(...userIds.map(user)),
  command,
  optedOut: fc.subarray(userIds, { maxLength: 2 }),
  suppressed: fc.subarray(userIds, { maxLength: 2 }),
});

/** Everything that comes out, place by place, as bytes. */
async function play(processor: Processor, world: World, maxRecords: number) {
  const driver = await createDriver([processor], { maxRecords, maxBytes: 1024 * 1024 });
  for (const each of world.users) driver.table(topics.users, each.id, each);
  for (const userId of world.optedOut) {
    const row = { userId, optedOutChannels: ['sms'] as const, optedOutEvents: [], updatedAt: 0 };
    driver.table(topics.preferences, userId, row);
  }
  for (const userId of world.suppressed) {
    const bounced = { channel: 'email', address: 'anna@example.com', reason: 'bounce', since: 0 };
    driver.table(topics.suppressions, userId, { userId, addresses: [bounced as never] });
  }
  driver.broadcast(topics.broadcastCommands, world.command);
  return notify.outputs.flatMap((topic) => driver.records(topic).map(asText));
}

const asText = ({ topic, partition, key, value }: KafkaRecord) =>
  `${topic}/${partition} ${key?.toString()} ${value?.toString('hex')}`;

test('the fast way writes what the slow way writes, byte for byte', {
  timeout: 120_000,
}, async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(worlds, fc.constantFrom(1, 3, 1000), async (world, maxRecords) => {
      const slow = await play(slowNotify, world, 1000);
      expect(await play(notify, world, maxRecords)).toEqual(slow);
      written += slow.length;
    }),
    { numRuns: 150 },
  );
  expect(written).toBeGreaterThan(100);
});

test('a name of any kind is written as the slow way writes it', async () => {
  const blanks = ['\u00a0nbsp', 'nbsp\u00a0', '\u0085', '\u1680', '\u2028x', 'x\ufeff'];
  const odd = [...blanks, '\u00ad', 'e\u0301'];
  const all = [
    ...odd,
    ...[' a', 'a ', 'a\tb', '\u007f', '', '王小明', '😀', 'Ё', 'ÿ', "'", 'a=b', 'ӿ', 'Ԁ'],
  ];
  const [sampled = neverUser()] = fc.sample(user('user'), 1);
  const [anyCommand = neverCommand()] = fc.sample(command, 1);
  const users = all.map(
    (fullName, index): User => ({
      ...sampled,
      id: `user-${index}`,
      fullName,
      email: 'anna@example.com',
      locale: 'ru',
      channels: ['email'],
    }),
  );
  const texts = [
    { locale: 'ru', subject: '{{user_full_name}}', body: 'Привет, {{user_full_name}}' },
  ];
  const email = {
    id: 't',
    version: 1,
    eventType: 'movieAdded',
    channel: 'email',
    locale: 'ru',
  } as const;
  const templates = [{ ...email, texts, params: ['user_full_name'] }];
  const everyone = { audienceKind: 'everyone', audienceKeys: [], requestId: null } as const;
  const world = {
    users,
    command: { ...anyCommand, ...everyone, templates },
    optedOut: [],
    suppressed: [],
  };
  const slow = await play(slowNotify, world, 1000);
  expect(slow).toHaveLength(all.length);
  expect(await play(notify, world, 1000)).toEqual(slow);
});

test('simple people never need the slow way', async () => {
  const [anna = neverUser(), ...rest] = fc.sample(user('user-1'), 1);
  expect(rest).toEqual([]);
  const everyChannel = ['email', 'sms', 'messenger'] as const;
  const simple: User = {
    ...anna,
    fullName: "Анна О'Нил",
    email: 'anna@example.com',
    phone: '+79160000001',
    telegramChatId: '1001',
    locale: 'ru',
    channels: everyChannel,
    followedMovieIds: ['m1'],
  };
  const [sampled = neverCommand()] = fc.sample(command, 1);
  const texts = [
    { locale: 'ru', subject: 'О {{movie_title}}', body: '{{user_full_name}}, привет' },
  ];
  const templates = everyChannel.map((channel) => ({
    id: `t-${channel}`,
    version: 1,
    eventType: 'episodeReleased' as const,
    channel,
    locale: 'ru',
    texts,
    params: ['user_full_name', 'movie_title'],
  }));
  const fixed = { ...sampled, audienceKind: 'everyone' as const, audienceKeys: [], templates };
  // The slow way of a person decodes their row: one that cannot be decoded proves the fast one.
  const driver = await createDriver([notify]);
  driver.table(topics.users, simple.id, simple);
  driver.breakDecoding(topics.users);
  driver.broadcast(topics.broadcastCommands, fixed);
  expect(driver.records(topics.emailNotificationsBulk)).toHaveLength(1);
  expect(driver.records(topics.smsNotificationsBulk)).toHaveLength(1);
  expect(driver.records(topics.messengerNotificationsBulk)).toHaveLength(1);
});

function neverUser(): never {
  throw new Error('nothing was sampled');
}
const neverCommand = neverUser;

test('what is known of the layout of a user row is what the schema says', () => {
  const schemas = loadSchemas();
  const { fields = [] } = expandSchema('ru.vestnik.User', schemas);
  expect(fields.slice(0, userFieldsRead.length).map(({ name }) => name)).toEqual(userFieldsRead);
  const types = fields.slice(0, userFieldsRead.length).map(({ type }) => type);
  const optional = ['null', 'string'];
  const optionals = Array.from({ length: 5 }, () => optional);
  expect(types.slice(0, -1)).toEqual(['string', 'string', ...optionals]);
  expect(schemas.get('ru.vestnik.Channel')?.symbols).toEqual(channelOrder);
  expect(schemas.get('ru.vestnik.UpstreamChannel')?.symbols).toEqual([...channelOrder, 'unknown']);
});
