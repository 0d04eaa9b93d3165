import { expect, test } from 'vitest';
import { audience } from '../../../processors/audience.ts';
import { notify } from '../../../processors/notify.ts';
import { deadLetterHeaders } from '../../../runtime/dead-letter.ts';
import type { Processor } from '../../../runtime/processor.ts';
import type { Topic } from '../../../schemas/topics.ts';
import { topics } from '../../../schemas/topics.ts';
import { createDriver } from '../../driver/driver.ts';
import { templates, world } from '../../scenarios/fixtures.ts';
import type { Written } from '../../scenarios/scenario.ts';

const { fanOut: _, ...slowNotify } = notify;
const ways: readonly (readonly [string, Processor])[] = [
  ['from bytes to bytes', notify],
  ['step by step', slowNotify],
];
const garbage = Buffer.from('text');
const w = world('unreadable');

/** Processors with two followers of a movie; Anna has also written down what she wants. */
async function system(notifier: Processor = notify) {
  const driver = await createDriver([audience, notifier]);
  const put = ({ topic, key, value }: Written) => driver.table(topic, key ?? '', value as never);
  const send = ({ topic, key, value }: Written) => driver.send(topic, key, value as never);
  for (const each of templates) driver.table(topics.templates, each.id, each);
  for (const row of [w.movie(w.brother), w.user(w.anna), w.user(w.john)]) put(row);
  put(w.comment(w.anna.id));
  const outcome = () => {
    const lanes = [topics.emailNotificationsBulk, topics.smsNotificationsBulk];
    const direct = [topics.emailNotifications, topics.messengerNotifications];
    const sent = [...lanes, ...direct].flatMap((topic) => driver.outputs(topic));
    const declined = driver
      .outputs(topics.notificationDecisions)
      .filter(({ reason }) => reason === 'rowUnreadable');
    return {
      sent: [...new Set(sent.map(({ userId }) => userId))].toSorted(),
      declined: [...new Set(declined.map(({ userId }) => userId))].toSorted(),
      details: [...new Set(declined.map(({ detail }) => detail))],
    };
  };
  const letters = () =>
    driver.records(topics.deadLetters).map(({ headers }) => {
      const of = (name: string) => headers.find(([each]) => each === name)?.[1]?.toString();
      return `${of(deadLetterHeaders.code)}: ${of(deadLetterHeaders.reason)}`;
    });
  return { driver, put, send, outcome, letters };
}

const tables: readonly Topic[] = [topics.users, topics.preferences, topics.suppressions];

for (const [way, notifier] of ways) {
  for (const table of tables) {
    test(`whoever has an unreadable row of ${table.name} gets a decision, ${way}`, async () => {
      const { driver, put, send, outcome } = await system(notifier);
      driver.tableRaw(table, w.anna.id, garbage);
      send(w.episodeReleased(w.brother.id));
      const { sent, declined, details } = outcome();
      expect({ sent, declined }).toEqual({ sent: [w.john.id], declined: [w.anna.id] });
      expect(details).toEqual([expect.stringMatching(`^${table.name}-\\d at \\d+: NOT_AVRO, `)]);

      put(w.user(w.anna));
      put(w.preference(w.anna.id, {}));
      put(w.suppression(w.anna.id, []));
      send(w.episodeReleased(w.brother.id, 'later'));
      expect(outcome().sent).toEqual([w.anna.id, w.john.id]);
      expect(outcome().declined).toEqual([w.anna.id]);
    });
  }

  test(`an unreadable user gets a decision for every audience, ${way}`, async () => {
    const { driver, send, outcome } = await system(notifier);
    driver.tableRaw(topics.users, 'stranger', garbage);
    send(w.movieAdded(w.brother.id));
    send(w.requested([], { audience: 'all' }));
    const listed = w.requested(['stranger']);
    send({ ...listed, value: { ...(listed.value as object), requestId: w.id('listed') } });
    const decisions = driver
      .outputs(topics.notificationDecisions)
      .filter(({ userId }) => userId === 'stranger');
    expect(decisions.map(({ reason }) => reason)).toEqual(Array(3).fill('rowUnreadable'));
    expect(outcome().sent).toEqual([w.anna.id, w.john.id]);
  });
}

test.each([
  [topics.movies, w.brother.id, w.episodeReleased(w.brother.id)],
  [topics.movies, w.brother.id, w.movieAdded(w.brother.id)],
  [topics.comments, w.id('comment'), w.commentReplied(w.john.id)],
  [topics.templates, 't-episode-email', w.episodeReleased(w.brother.id)],
  [topics.movies, w.brother.id, w.requested([], { audience: 'all' })],
  [topics.templates, 't-request-email', w.requested([], { audience: 'all' })],
] as const)('the row before an unreadable one of %o is not used', async (table, key, event) => {
  const { driver, send, outcome, letters } = await system();
  driver.tableRaw(table, key, garbage);
  send(event);
  expect(letters()).toEqual([
    expect.stringMatching(`^ROW_UNREADABLE: .*${table.name}-0 at \\d+: NOT_AVRO, `),
  ]);
  expect(outcome()).toEqual({ sent: [], declined: [], details: [] });
});

test('a request for listed people is declined while its template cannot be read', async () => {
  const { driver, send, outcome } = await system();
  driver.tableRaw(topics.templates, 't-request-email', garbage);
  send(w.requested([w.anna.id, w.john.id]));
  expect(outcome()).toMatchObject({ sent: [], declined: [w.anna.id, w.john.id] });
});

test('a template that never could be read stops nothing that goes without it', async () => {
  const { driver, send, outcome, letters } = await system();
  driver.tableRaw(topics.templates, 'a-new-one', garbage);
  send(w.episodeReleased(w.brother.id));
  expect(letters()).toEqual([]);
  expect(outcome().sent).not.toEqual([]);
});

test('of several templates for a channel the one with the lowest id is used', async () => {
  const { driver, send } = await system();
  const template = templates.find(({ id }) => id === 't-episode-email');
  if (!template) throw new Error('no template');
  const others = Array.from({ length: 20 }, (_, n) => ({ ...template, id: `u-${n}`, texts: [] }));
  for (const each of others) driver.table(topics.templates, each.id, each);
  send(w.episodeReleased(w.brother.id));
  const used = driver.outputs(topics.emailNotificationsBulk).map(({ templateId }) => templateId);
  expect(new Set(used)).toEqual(new Set(['t-episode-email']));
});
