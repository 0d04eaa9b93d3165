import { type TSchema, Type } from '@fastify/type-provider-typebox';

/** An index key and a row key share one store key of 900 bytes: this fits in any alphabet. */
export const maxIdLength = 255;
/** Control characters are in no id, and PostgreSQL cannot store the first of them. */
export const idCharacter = '[^\\u0000-\\u001f\\u007f]';

/** The id of a row of a topic. */
export const Id = Type.String({
  minLength: 1,
  maxLength: maxIdLength,
  pattern: `^${idCharacter}+$`,
});

export const IdParams = Type.Object({ id: Id });

/** A UUID of ours, in small letters. */
export const Uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });

export const UuidParams = Type.Object({ id: Uuid });

const maxNameLength = 100;

/** What people call a key or themselves. */
export const Name = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: maxNameLength,
    pattern: `^${idCharacter}+$`,
    description,
  });

const channelNames = ['email', 'sms', 'messenger'] as const;
const eventNames = [
  'episodeReleased',
  'movieAdded',
  'commentReplied',
  'notificationRequested',
] as const;

export const ChannelName = Type.Enum([...channelNames]);
export const EventName = Type.Enum([...eventNames]);

const later = { description: 'unknown: one that this release does not know.' };
/** What an upstream system wrote; it may know more than this release. */
export const UpstreamChannelName = Type.Enum([...channelNames, 'unknown'], later);
export const UpstreamEventName = Type.Enum([...eventNames, 'unknown'], later);

export const Time = Type.String({ format: 'date-time', description: 'UTC, ISO 8601.' });

/** A value or null. */
export const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A time of a record, as the API writes it. */
export const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();
