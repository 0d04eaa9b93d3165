import type { Clock } from '../../runtime/clock.ts';
import { type Found, readableIn } from '../../runtime/table.ts';
import type {
  Channel,
  Preference,
  Suppression,
  UpstreamChannel,
} from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { type AuditDetail, auditEntry } from '../audit.ts';
import type { Identity } from '../http/identity.ts';
import { notNow, type Outcome } from '../http/problem.ts';
import type { TableSource } from '../read/tables.ts';
import { type GatewayRecord, type Publish, recordOf } from '../write/publisher.ts';
import { createOneAtATime, type OneAtATime } from './one-at-a-time.ts';
import { type Person, personOf } from './person.ts';
import {
  type LiftReason,
  lifted,
  preferenceOf,
  type SuppressionChange,
  type SuppressionReason,
  suppressed,
  type Wishes,
} from './wishes.ts';

/** What changes of people need. */
export type PeopleParts = {
  readonly source: TableSource;
  readonly publish: Publish;
  readonly newId: () => string;
  readonly clock: Clock;
};

/**
 * Changes of what people want, and of addresses that must not be used. Each is written with its
 * audit entry and acknowledged with it. That is no transaction, for none is needed: every change
 * can be made again and comes to the same. It holds from the next event on.
 */
export type PeopleChanges = {
  changeWishes(who: Identity, id: string, wishes: Wishes): Promise<Outcome<Person>>;
  suppress(
    who: Identity,
    id: string,
    asked: {
      readonly channel: Channel;
      readonly address: string | null;
      readonly reason: SuppressionReason;
    },
  ): Promise<Outcome<Person>>;
  lift(
    who: Identity,
    id: string,
    asked: {
      readonly channel: UpstreamChannel;
      readonly address: string;
      readonly reason: LiftReason;
    },
  ): Promise<Outcome<Person>>;
  erase(who: Identity, id: string): Promise<Outcome<Erased>>;
};

/** Somebody was erased. */
export type Erased = { readonly id: string; readonly erasedAtMs: number };

/** Until our own table shows what we wrote: a change right behind this one must build on it. */
const seenPollMs = 10;
const maxSeenPolls = 300;

const unsure = notNow(
  'Kafka did not answer in time: the change may be written or not. It is safe to repeat it.',
);
const busy = notNow('Too many requests wait for Kafka. Nothing was written; try again later.');

type Written = { readonly ok: true } | { readonly ok: false; readonly problem: typeof busy };

async function writeAll(publish: Publish, records: readonly GatewayRecord[]): Promise<Written> {
  const published = await publish(records);
  switch (published.kind) {
    case 'acknowledged':
      return { ok: true };
    case 'busy':
      return { ok: false, problem: busy };
    case 'unknown':
      return { ok: false, problem: unsure };
  }
}

/**
 * Waits, for a bounded time, until the table has a row as it was written; null: has none. Compared
 * as JSON: what is decoded has other prototypes, and its fields in the order of the schema.
 */
async function untilSeen(
  { source, clock }: PeopleParts,
  name: 'preferences' | 'suppressions',
  id: string,
  value: Preference | Suppression | null,
): Promise<void> {
  const written = JSON.stringify(value);
  const shown = () => {
    const row: Found<Preference | Suppression> | undefined = source.tables()?.[name].get(id);
    return JSON.stringify(readableIn(row) ?? null);
  };
  for (let polls = 0; polls < maxSeenPolls && shown() !== written; polls += 1) {
    await clock.sleep(seenPollMs);
  }
}

function entryOf(
  { newId, clock }: PeopleParts,
  actor: Identity,
  action: `${string}.${string}`,
  id: string,
  detail: AuditDetail | null,
): GatewayRecord {
  const entryId = newId();
  const subject = { kind: 'user', id };
  const entry = auditEntry({ entryId, atMs: clock.nowMs(), actor, action, subject, detail });
  return recordOf(topics.audit, entryId, entry);
}

async function changeWishes(parts: PeopleParts, who: Identity, id: string, wishes: Wishes) {
  const { source, publish, clock } = parts;
  const known = personOf(source, id, 'preferences');
  if (!known.ok) return known;
  const row = preferenceOf(id, wishes, clock.nowMs());
  const detail = {
    opted_out_channels: row.optedOutChannels,
    opted_out_events: row.optedOutEvents,
  };
  const written = await writeAll(publish, [
    recordOf(topics.preferences, id, row),
    entryOf(parts, who, 'preference.changed', id, detail),
  ]);
  if (!written.ok) return written;
  await untilSeen(parts, 'preferences', id, row);
  return { ok: true, value: { ...known.value, preference: row } } as const;
}

async function writeSuppression(
  parts: PeopleParts,
  person: Person,
  change: SuppressionChange,
  entry: GatewayRecord,
): Promise<Outcome<Person>> {
  const { row, unchanged } = change;
  const value: Person = { ...person, suppressions: row.addresses };
  if (unchanged) return { ok: true, value };
  const kept = row.addresses.length === 0 ? null : row;
  const record = recordOf(topics.suppressions, person.id, kept);
  const written = await writeAll(parts.publish, [record, entry]);
  if (!written.ok) return written;
  await untilSeen(parts, 'suppressions', person.id, kept);
  return { ok: true, value };
}

/**
 * First the person themselves, acknowledged, and only then their wishes: or an event between the
 * two could reach somebody who had opted out.
 */
async function erase(parts: PeopleParts, who: Identity, id: string): Promise<Outcome<Erased>> {
  const { publish, clock } = parts;
  const gone = await writeAll(publish, [recordOf(topics.users, id, null)]);
  if (!gone.ok) return gone;
  const erasedAt = clock.nowMs();
  const written = await writeAll(publish, [
    recordOf(topics.preferences, id, null),
    recordOf(topics.suppressions, id, null),
    recordOf(topics.erasures, id, { userId: id, erasedAt }),
    entryOf(parts, who, 'person.erased', id, null),
  ]);
  if (!written.ok) return written;
  return { ok: true, value: { id, erasedAtMs: erasedAt } };
}

function suppressionChanges(
  parts: PeopleParts,
  alone: OneAtATime,
): Pick<PeopleChanges, 'suppress' | 'lift'> {
  const { source, clock } = parts;
  return {
    suppress: (who, id, asked) =>
      alone(id, async () => {
        const person = personOf(source, id);
        if (!person.ok) return person;
        const change = suppressed(person.value, asked, clock.nowMs());
        if (!change.ok) return change;
        const { channel, reason } = asked;
        const entry = entryOf(parts, who, 'suppression.added', id, { channel, reason });
        return writeSuppression(parts, person.value, change.value, entry);
      }),
    lift: (who, id, asked) =>
      alone(id, async () => {
        const person = personOf(source, id);
        if (!person.ok) return person;
        const change = lifted(person.value, asked);
        if (!change.ok) return change;
        const { channel, reason } = asked;
        const entry = entryOf(parts, who, 'suppression.lifted', id, { channel, reason });
        return writeSuppression(parts, person.value, change.value, entry);
      }),
  };
}

/** The changes of people that a gateway makes. */
export function openPeopleChanges(parts: PeopleParts): PeopleChanges {
  const alone = createOneAtATime();
  return {
    ...suppressionChanges(parts, alone),
    changeWishes: (who, id, wishes) => alone(id, () => changeWishes(parts, who, id, wishes)),
    erase: (who, id) => alone(id, () => erase(parts, who, id)),
  };
}
