import { Type } from '@fastify/type-provider-typebox';

/** The three ways a notification reaches a person; each has its own door in this server. */
export const channels = ['email', 'sms', 'messenger'] as const;

export type Channel = (typeof channels)[number];

export const ChannelSchema = Type.Enum([...channels]);

/** How a phone network would cut an SMS (`rendering/sms-parts.ts`); null for other channels. */
export const SmsPartsSchema = Type.Object({
  encoding: Type.Union([Type.Literal('GSM-7'), Type.Literal('UCS-2')]),
  units: Type.Integer({ description: 'Septets in GSM-7, UTF-16 units in UCS-2.' }),
  unitsPerPart: Type.Integer(),
  parts: Type.Integer(),
});

const NullableString = Type.Union([Type.String(), Type.Null()]);

/** One message as a person would have received it: what `GET /api/messages` answers. */
export const InboxMessageSchema = Type.Object({
  id: Type.String({ description: 'Grows by one with each arrival; never used twice.' }),
  channel: ChannelSchema,
  from: NullableString,
  to: Type.String({
    description: 'Mail address, phone number or chat id, as the sender wrote it.',
  }),
  subject: NullableString,
  text: Type.String({ description: 'Plain text; messenger: without the tags.' }),
  html: NullableString,
  headers: Type.Record(Type.String(), Type.String(), { description: 'Names in lower case.' }),
  receivedAt: Type.String({ description: 'ISO 8601, by the clock of this server.' }),
  smsParts: Type.Union([SmsPartsSchema, Type.Null()]),
});

export type InboxMessage = Type.Static<typeof InboxMessageSchema>;

/** What a door hands over; the store adds id and time. */
export type ArrivedMessage = Omit<InboxMessage, 'id' | 'receivedAt'>;
