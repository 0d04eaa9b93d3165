import { type Static, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { smsPartsOf } from '../../rendering/sms-parts.ts';
import type { Identity } from '../http/identity.ts';
import type { ChannelTally, Sample, Tally } from '../sending/tally.ts';
import { ChannelName, OrNull } from './schemas.ts';

/** The field of a body that asks for a dry run. */
export const DryRun = Type.Optional(
  Type.Boolean({
    default: false,
    description:
      'Write nothing: answer 200 with how many would be written to, how many not and why, and ' +
      'what some of them would read.',
  }),
);

const SampleView = Type.Object({
  user_id: Type.String(),
  locale: Type.String({ description: 'The language of the text.' }),
  subject: OrNull(Type.String()),
  body: Type.String(),
  sms: OrNull(
    Type.Object(
      {
        parts: Type.Integer({ description: 'How many are paid for.' }),
        encoding: Type.Enum(['GSM-7', 'UCS-2']),
        units: Type.Integer({ description: 'Septets of GSM-7, or UTF-16 units of UCS-2.' }),
        units_per_part: Type.Integer(),
      },
      { description: 'How an SMS goes out; null for other channels.' },
    ),
  ),
});

/** What a dry run answers with. */
export const DryRunView = Type.Object(
  {
    dry_run: Type.Literal(true),
    people: Type.Integer({ description: 'How many the request names, known or not.' }),
    channels: Type.Array(
      Type.Object({
        channel: ChannelName,
        template_id: Type.String(),
        template_version: Type.Integer(),
        written: Type.Integer({ description: 'How many would be written to.' }),
        against: Type.Record(Type.String(), Type.Integer(), {
          description: 'How many would not, by the reason of the decision.',
        }),
        sms_parts: OrNull(
          Type.Object(
            {
              total: Type.Integer({ description: 'How many are paid for, all SMS together.' }),
              exact: Type.Boolean({
                description: 'Counted text by text; false: reckoned from the first 10,000 texts.',
              }),
            },
            { description: 'Null for other channels.' },
          ),
        ),
        samples: OrNull(
          Type.Array(SampleView, {
            description:
              'What real recipients would read, up to three, of as many languages as can be. ' +
              'Null when the key has not the scope people:read.',
          }),
        ),
      }),
    ),
  },
  { description: 'Nothing was written. What would be, as the tables are now.' },
);

function sampleView(
  { channel }: ChannelTally,
  { userId, locale, subject, body }: Sample,
): Static<typeof SampleView> {
  const counted = channel === 'sms' ? smsPartsOf(body) : null;
  const sms = counted && {
    parts: counted.parts,
    encoding: counted.encoding,
    units: counted.units,
    units_per_part: counted.unitsPerPart,
  };
  return { user_id: userId, locale, subject, body, sms };
}

/** The answer of a dry run for whoever asks: texts hold names of people. */
export function dryRunView(
  { people, channels }: Tally,
  { scopes }: Identity,
): Static<typeof DryRunView> {
  return {
    dry_run: true,
    people,
    channels: channels.map((each) => ({
      channel: each.channel,
      template_id: each.template.id,
      template_version: each.template.version,
      written: each.written,
      against: Object.fromEntries(each.against),
      sms_parts: each.parts && { total: each.parts.total, exact: each.parts.isExact },
      samples: scopes.has('people:read')
        ? each.samples.map((sample) => sampleView(each, sample))
        : null,
    })),
  };
}

/** Aborted when the client has gone before it was answered. */
export function clientGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}
