import type { Clock } from '../../runtime/clock.ts';
import { readableIn } from '../../runtime/table.ts';
import type { Channel, UpstreamChannel } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { type AuditDetail, auditEntry } from '../audit.ts';
import type { Identity } from '../http/identity.ts';
import type { Outcome } from '../http/problem.ts';
import type { TableSource } from '../read/tables.ts';
import type { Planned } from '../write/pen.ts';
import { type GatewayRecord, recordOf } from '../write/publisher.ts';
import type { ChangePerson } from './people-pens.ts';
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
  readonly changePerson: ChangePerson;
  readonly newId: () => string;
  readonly clock: Clock;
};

/**
 * Changes of what people want, and of addresses that must not be used. Each is decided on all that
 * is written of the person, by whichever gateway, and lies with its audit entry in one transaction
 * (decision 025). It holds from the next event on.
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

/** Made before the first attempt: the entry of a change that is written again is the same one. */
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

/** As JSON: what is decoded has other prototypes, and its fields in the order of the schema. */
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function changeWishes(parts: PeopleParts, who: Identity, id: string, wishes: Wishes) {
  const { source, clock, changePerson } = parts;
  const row = preferenceOf(id, wishes, clock.nowMs());
  const detail = {
    opted_out_channels: row.optedOutChannels,
    opted_out_events: row.optedOutEvents,
  };
  const records = [
    recordOf(topics.preferences, id, row),
    entryOf(parts, who, 'preference.changed', id, detail),
  ];
  return changePerson<Person>(id, {
    decide() {
      const known = personOf(source, id, 'preferences');
      if (!known.ok) return known;
      return {
        ok: true,
        value: { transactions: [records], value: { ...known.value, preference: row } },
      };
    },
    isWritten: () => isSame(readableIn(source.tables()?.preferences.get(id)), row),
  });
}

function plannedSuppression(
  person: Person,
  { row, unchanged }: SuppressionChange,
  entry: GatewayRecord,
): Planned<Person> {
  const value: Person = { ...person, suppressions: row.addresses };
  if (unchanged) return { transactions: [], value };
  const kept = row.addresses.length === 0 ? null : row;
  return { transactions: [[recordOf(topics.suppressions, person.id, kept), entry]], value };
}

function changeSuppressions(
  { source, changePerson }: PeopleParts,
  id: string,
  change: (person: Person) => Outcome<SuppressionChange>,
  entry: GatewayRecord,
) {
  return changePerson<Person>(id, {
    decide() {
      const person = personOf(source, id);
      if (!person.ok) return person;
      const changed = change(person.value);
      if (!changed.ok) return changed;
      return { ok: true, value: plannedSuppression(person.value, changed.value, entry) };
    },
    isWritten({ suppressions }) {
      const row = readableIn(source.tables()?.suppressions.get(id));
      return isSame(row?.addresses ?? [], suppressions);
    },
  });
}

/**
 * First the person themselves, and only then their wishes: or an event between the two could reach
 * somebody who had opted out. A repeat deletes what is left, and is one more entry.
 */
function erase(parts: PeopleParts, who: Identity, id: string): Promise<Outcome<Erased>> {
  const erasedAt = parts.clock.nowMs();
  const transactions = [
    [recordOf(topics.users, id, null)],
    [
      recordOf(topics.preferences, id, null),
      recordOf(topics.suppressions, id, null),
      recordOf(topics.erasures, id, { userId: id, erasedAt }),
      entryOf(parts, who, 'person.erased', id, null),
    ],
  ];
  const value = { id, erasedAtMs: erasedAt };
  return parts.changePerson<Erased>(id, {
    decide: () => ({ ok: true, value: { transactions, value } }),
    // Tombstones say nothing of who wrote them: they are written again.
    isWritten: () => false,
  });
}

/** The changes of people that a gateway makes. */
export function openPeopleChanges(parts: PeopleParts): PeopleChanges {
  const { clock } = parts;
  return {
    changeWishes: (who, id, wishes) => changeWishes(parts, who, id, wishes),
    suppress(who, id, asked) {
      const { channel, reason } = asked;
      const since = clock.nowMs();
      const entry = entryOf(parts, who, 'suppression.added', id, { channel, reason });
      return changeSuppressions(parts, id, (person) => suppressed(person, asked, since), entry);
    },
    lift(who, id, asked) {
      const { channel, reason } = asked;
      const entry = entryOf(parts, who, 'suppression.lifted', id, { channel, reason });
      return changeSuppressions(parts, id, (person) => lifted(person, asked), entry);
    },
    erase: (who, id) => erase(parts, who, id),
  };
}
