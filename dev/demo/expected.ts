import type { Channel, EventType, User } from '../../schemas/generated/records.ts';
import { movies } from '../samples/movies.ts';
import { preferences, suppressions } from '../samples/preferences.ts';
import { templates } from '../samples/templates.ts';
import { users } from '../samples/users.ts';
import type { DemoEvent, DemoRequest } from './plan.ts';

/** A message that must arrive. */
export type Expected = {
  readonly channel: Channel;
  readonly to: string;
  readonly userId: string;
  readonly eventType: EventType;
  /** What its subject or text holds, and that of no other message to this address. */
  readonly sign: string;
};

function addressOf(user: User, channel: Channel): string | null {
  const addresses = { email: user.email, sms: user.phone, messenger: user.telegramChatId };
  return addresses[channel];
}

/** The address to write to, or null when this person is to get nothing there. */
function wantedAddress(user: User, channel: Channel, eventType: EventType): string | null {
  const address = addressOf(user, channel);
  if (address === null || !user.channels.includes(channel)) return null;
  const preference = preferences.find(({ userId }) => userId === user.id);
  if (preference?.optedOutChannels.includes(channel)) return null;
  if (preference?.optedOutEvents.includes(eventType)) return null;
  const suppression = suppressions.find(({ userId }) => userId === user.id);
  const stopped = suppression?.addresses.some(
    (each) => each.channel === channel && each.address === address,
  );
  return stopped ? null : address;
}

function titleFor(user: User, movieId: string): string {
  const movie = movies.find(({ id }) => id === movieId);
  if (!movie) throw new Error(`the samples have no movie ${movieId}`);
  const english = user.locale?.startsWith('en') ?? false;
  return (english ? movie.englishTitle : null) ?? movie.title;
}

type Concern = Pick<DemoEvent, 'eventType' | 'movieId' | 'userIds' | 'sign'>;

function messagesOf(concern: Concern, channels: readonly Channel[]): Expected[] {
  const { eventType, movieId, userIds, sign } = concern;
  const concerned = users.filter(({ id }) => userIds.includes(id));
  return concerned.flatMap((user) =>
    channels.flatMap((channel) => {
      const to = wantedAddress(user, channel, eventType);
      if (to === null) return [];
      return { channel, to, userId: user.id, eventType, sign: sign ?? titleFor(user, movieId) };
    }),
  );
}

/**
 * The messages that events and requests must lead to, by the samples alone: written a second time
 * here, and simply, so that the demo does not ask the processors whether the processors are right.
 */
export function expectedMessages(
  events: readonly DemoEvent[],
  requests: readonly DemoRequest[],
): readonly Expected[] {
  const ofEvents = events.flatMap((event) => {
    const written = templates.filter(({ eventType }) => eventType === event.eventType);
    return messagesOf(
      event,
      written.flatMap(({ channel }) => (channel === 'unknown' ? [] : [channel])),
    );
  });
  const ofRequests = requests.flatMap((request) =>
    messagesOf({ ...request, eventType: 'notificationRequested' }, [request.channel]),
  );
  return [...ofEvents, ...ofRequests];
}
