import type { Channel } from '../../schemas/generated/records.ts';
import { notificationIdOf } from '../../schemas/ids.ts';
import { lanes, topics } from '../../schemas/topics.ts';
import type { Inhabitant, Population } from './population.ts';

/**
 * What becomes of a planned record: a notification in one of the lanes, or a decision against; and
 * of a record that cannot be used, a dead letter. Where the input changes under a fan-out, `either`
 * is exactly one of the first two, and `maybe` one of them or nothing, but never two. `never` names
 * what must not come: whoever finds it knows whose mistake it is.
 */
export type Outcome = 'notification' | 'decision' | 'either' | 'maybe' | 'never' | 'letter';

/** Ids by what must become of them, or did. */
export type Ids = ReadonlyMap<Outcome, readonly string[]>;

/** What one event is for: everyone, or some who are listed. */
export type LedgerEvent =
  | { readonly kind: 'episode'; readonly eventId: string }
  | { readonly kind: 'request'; readonly eventId: string; readonly userIds: readonly string[] };

/** Where it goes wrong, by count: records that are missing, that nobody asked for, that doubled. */
export type Verdict = {
  readonly expected: number;
  readonly found: number;
  readonly lost: number;
  readonly ghost: number;
  readonly duplicate: number;
};

/** The topics in which each outcome lies. */
export const outputTopics: Readonly<Record<'notification' | 'decision', readonly string[]>> = {
  notification: Object.values(lanes).flatMap(({ direct, bulk }) => [direct.name, bulk.name]),
  decision: [topics.notificationDecisions.name],
};

type Text = { readonly templateId: string; readonly channel: Channel };
const episodeTexts: readonly Text[] = [
  { templateId: 't-episode-email', channel: 'email' },
  { templateId: 't-episode-sms', channel: 'sms' },
];
const requestText: Text = { templateId: 't-request-email', channel: 'email' };

/** Written anew, not taken from the processors: it is what they are held against. */
function isWritten(person: Inhabitant, channel: Channel): boolean {
  const { user, off, suppressed, silenced } = person;
  if (silenced) return false;
  const address = channel === 'email' ? user.email : user.phone;
  return address !== null && !off.includes(channel) && !suppressed.includes(channel);
}

/** Which records an event must bring, as a pure function of the input. */
export function expectedOf(
  event: LedgerEvent,
  population: Population,
): readonly (readonly [outcome: Outcome, id: string])[] {
  const { eventId } = event;
  const place = (userId: string, text: Text, person: Inhabitant | undefined) => {
    const { templateId, channel } = text;
    const id = notificationIdOf({ eventId, templateId, channel, userId });
    const wanted = person && isWritten(person, channel);
    return [wanted ? 'notification' : 'decision', id] as const;
  };
  switch (event.kind) {
    case 'episode':
      return population.people.flatMap((person) =>
        episodeTexts.map((text) => place(person.user.id, text, person)),
      );
    case 'request': {
      const byId = new Map(population.people.map((each) => [each.user.id, each]));
      return event.userIds.map((userId) => place(userId, requestText, byId.get(userId)));
    }
  }
}

/** Holds what was found against what must be there. The wrong outcome is a loss and a ghost. */
export function compare(expected: Ids, found: Ids): Verdict {
  let [lost, ghost, duplicate, expectedCount, foundCount] = [0, 0, 0, 0, 0];
  for (const outcome of new Set([...expected.keys(), ...found.keys()])) {
    const wanted = new Set(expected.get(outcome));
    if (outcome === 'never') continue;
    const list = found.get(outcome) ?? [];
    const seen = new Set(list);
    if (outcome === 'maybe') {
      duplicate += list.length - seen.size;
      continue;
    }
    expectedCount += wanted.size;
    foundCount += list.length;
    duplicate += list.length - seen.size;
    for (const id of wanted) if (!seen.has(id)) lost += 1;
    for (const id of seen) if (!wanted.has(id)) ghost += 1;
  }
  return { expected: expectedCount, found: foundCount, lost, ghost, duplicate };
}

export const isClean = ({ expected, lost, ghost, duplicate }: Verdict): boolean =>
  expected > 0 && lost === 0 && ghost === 0 && duplicate === 0;
