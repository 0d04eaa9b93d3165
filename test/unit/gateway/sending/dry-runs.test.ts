import { expect, test } from 'vitest';
import { createDryRuns } from '../../../../gateway/sending/dry-runs.ts';
import type { PlannedCommand } from '../../../../rules/request-plan.ts';
import type { Clock } from '../../../../runtime/clock.ts';
import type { Template, User } from '../../../../schemas/generated/records.ts';
import { memoryPeople } from '../memory-people.ts';

const template: Template = {
  id: 't',
  version: 2,
  eventType: 'notificationRequested',
  channel: 'email',
  locale: 'ru',
  texts: [
    { locale: 'ru', subject: 'Привет', body: 'Здравствуйте, {{ user_full_name }}' },
    { locale: 'en', subject: 'Hello', body: 'Dear {{ user_full_name }}' },
  ],
  params: ['user_full_name'],
};
const command: PlannedCommand = {
  eventId: 'e',
  eventType: 'notificationRequested',
  occurredAt: 0,
  requestId: 'r',
  audienceKind: 'everyone',
  audienceKeys: [],
  params: [],
  movie: null,
  templates: [template],
};
const userOf = (index: number): User => ({
  id: `u${index}`,
  fullName: `Анна ${index}`,
  email: `anna${index}@example.com`,
  phone: null,
  telegramChatId: null,
  locale: index % 2 === 0 ? 'en' : 'ru',
  timeZone: null,
  channels: ['email'],
  followedMovieIds: [],
  followedGenres: [],
});
const crowd = () =>
  memoryPeople({ users: Array.from({ length: 500 }, (_, index) => userOf(index)) });
const forever = new AbortController().signal;

/** A clock of which each look costs so much; sleeping does what the test says. */
function costlyClock(lookMs: number, onSleep: (sleptTimes: number) => void = () => undefined) {
  let nowMs = 0;
  let slept = 0;
  const clock: Clock = {
    nowMs() {
      nowMs += lookMs;
      return nowMs;
    },
    async sleep() {
      slept += 1;
      onSleep(slept);
    },
  };
  return { clock, slept: () => slept };
}

test('everyone is counted, and the samples are real people of several languages', async () => {
  const { clock } = costlyClock(0);
  const counted = await createDryRuns({ clock }).run(command, await crowd(), forever);
  expect(counted).toMatchObject({ ok: true, value: { people: 500 } });
  const [email] = counted.ok ? counted.value.channels : [];
  expect(email).toMatchObject({ channel: 'email', written: 500, template: { version: 2 } });
  const samples = email?.samples ?? [];
  expect(samples).toHaveLength(3);
  expect(new Set(samples.map(({ userId }) => userId)).size).toBe(3);
  expect(new Set(samples.map(({ locale }) => locale))).toEqual(new Set(['ru', 'en']));
  for (const { userId, locale, body } of samples) {
    const greeting = locale === 'ru' ? 'Здравствуйте, ' : 'Dear ';
    expect(body).toBe(`${greeting}Анна ${userId.slice(1)}`);
  }
});

/** An SMS with a name in it: of every fourth person it has two parts, of the others one. */
async function smsTo(count: number) {
  const body = `{{ user_full_name }}${'я'.repeat(50)}`;
  const texts = [{ locale: 'ru', subject: null, body }];
  const sms: Template = { ...template, channel: 'sms', texts };
  const long = 'Анна '.repeat(6).trim();
  const users = Array.from({ length: count }, (_, index): User => {
    const phone = `+7916${1_000_000 + index}`;
    const fullName = index % 4 === 0 ? long : 'Анна';
    return { ...userOf(index), fullName, phone, channels: ['sms'] };
  });
  const { clock } = costlyClock(0);
  const asked = { ...command, templates: [sms] };
  const counted = await createDryRuns({ clock }).run(asked, await memoryPeople({ users }), forever);
  return counted.ok ? counted.value.channels[0]?.parts : null;
}

test('the parts of SMS are counted text by text', async () => {
  expect(await smsTo(400)).toEqual({ total: 500, isExact: true });
  expect(await smsTo(0)).toEqual({ total: 0, isExact: true });
});

test('of more than ten thousand they are reckoned from the first, and that is said', async () => {
  const parts = await smsTo(12_000);
  expect(parts?.isExact).toBe(false);
  // Three standard deviations of a sample of 10,000 out of 12,000.
  expect(Math.abs((parts?.total ?? 0) - 15_000)).toBeLessThan(64);
});

test('of other channels nothing is counted', async () => {
  const { clock } = costlyClock(0);
  const counted = await createDryRuns({ clock }).run(command, await crowd(), forever);
  expect(counted).toMatchObject({ value: { channels: [{ parts: null }] } });
});

test('others get a turn when so much time has gone by, and not sooner', async () => {
  const people = await crowd();
  const quick = costlyClock(0);
  await createDryRuns(quick).run(command, people, forever);
  expect(quick.slept()).toBe(0);
  const slow = costlyClock(9);
  await createDryRuns(slow).run(command, people, forever);
  expect(slow.slept()).toBe(10);
});

test('what takes too long ends, and says that nothing was written', async () => {
  const { clock } = costlyClock(20_000);
  const counted = await createDryRuns({ clock }).run(command, await crowd(), forever);
  expect(counted).toMatchObject({ ok: false, problem: { status: 503, retryAfterS: 5 } });
});

test('it ends when nobody waits for it any more', async () => {
  const gone = new AbortController();
  const { clock, slept } = costlyClock(9, (times) => (times === 2 ? gone.abort() : undefined));
  const counted = await createDryRuns({ clock }).run(command, await crowd(), gone.signal);
  expect(counted.ok).toBe(false);
  expect(slept()).toBe(2);
});

test('two go on beside each other, a third has to wait until one is done', async () => {
  const people = await crowd();
  const runs = createDryRuns(costlyClock(9));
  const first = runs.run(command, people, forever);
  const second = runs.run(command, people, forever);
  const third = await runs.run(command, people, forever);
  expect(third).toMatchObject({ ok: false, problem: { status: 503, retryAfterS: 5 } });
  expect(await Promise.all([first, second])).toMatchObject([{ ok: true }, { ok: true }]);
  expect(await runs.run(command, people, forever)).toMatchObject({ ok: true });
});
