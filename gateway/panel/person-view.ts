import { judge } from '../../rules/judge.ts';
import { isUnreadable } from '../../runtime/table.ts';
import type {
  Channel,
  EventType,
  UpstreamChannel,
  UpstreamEventType,
  User,
} from '../../schemas/generated/records.ts';
import type { Person } from '../people/person.ts';
import type { TableSource } from '../read/tables.ts';
import { decisionSentences } from '../words/decision-sentences.ts';
import { choicesOf } from './filters.ts';
import { personPath } from './notification-lines.ts';
import { shownTime } from './times.ts';
import { languageName } from './words/bilingual.ts';
import type { Words } from './words/words.ts';

export const channels = ['email', 'sms', 'messenger'] as const satisfies readonly Channel[];
export const eventTypes = [
  'movieAdded',
  'episodeReleased',
  'commentReplied',
  'notificationRequested',
] as const satisfies readonly EventType[];

/** What the row says; what is empty is not shown. */
function factsOf(user: User, { people, language }: Words) {
  const facts: readonly (readonly [string, string | null])[] = [
    [people.email, user.email],
    [people.phone, user.phone],
    [people.telegram, user.telegramChatId],
    [people.locale, user.locale === null ? null : languageName(language, user.locale)],
    [people.timeZone, user.timeZone],
    [people.chosen, user.channels.map((each) => people.channels[each]).join(', ')],
    [people.movies, user.followedMovieIds.join(', ')],
    [people.genres, user.followedGenres.join(', ')],
  ];
  return facts.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

/** Whether a request would reach the person now on each channel; the rules themselves are asked. */
function reachOf(source: TableSource, id: string, { people, language }: Words) {
  const tables = source.tables();
  const row = tables?.users.get(id);
  if (!tables || !row || isUnreadable(row)) return [];
  const recipient = {
    row,
    preference: tables.preferences.get(id),
    suppression: tables.suppressions.get(id),
  };
  return channels.map((channel) => {
    const verdict = judge(recipient, channel, {
      eventType: 'notificationRequested',
      requestId: id,
    });
    return {
      channel,
      name: people.channels[channel],
      tone: verdict.ok ? 'good' : 'calm',
      text: verdict.ok ? people.reachable : decisionSentences[verdict.reason][language],
    };
  });
}

function wishesOf({ preference }: Person, { people, history, language }: Words) {
  const noChannels: readonly UpstreamChannel[] = preference?.optedOutChannels ?? [];
  const noEvents: readonly UpstreamEventType[] = preference?.optedOutEvents ?? [];
  return {
    channels: channels.map((value) => ({
      value,
      name: people.channels[value],
      checked: noChannels.includes(value),
    })),
    events: eventTypes.map((value) => ({
      value,
      name: history.events[value],
      checked: noEvents.includes(value),
    })),
    hasUnknown: noChannels.includes('unknown') || noEvents.includes('unknown'),
    changed: preference === null ? null : shownTime(language, preference.updatedAt),
  };
}

/** A person, as their page shows them. */
export function personView(
  person: Person,
  words: Words,
  { source, may }: { readonly source: TableSource; readonly may: object },
) {
  const { people, language } = words;
  const { id, user, suppressions } = person;
  return {
    words: people,
    id,
    path: personPath(id),
    name: user?.fullName ?? null,
    facts: user === null ? [] : factsOf(user, words),
    reach: reachOf(source, id, words),
    wishes: wishesOf(person, words),
    suppressions: suppressions.map(({ channel, address, reason, since }) => ({
      channel,
      channelName: people.channels[channel],
      address,
      reason,
      since: shownTime(language, since),
    })),
    channelChoices: choicesOf(
      channels.map((channel) => [channel, people.channels[channel]] as const),
      undefined,
    ),
    reasonChoices: choicesOf(Object.entries(people.suppressionReasons), undefined),
    liftChoices: choicesOf(Object.entries(people.liftReasons), undefined),
    may,
  };
}
