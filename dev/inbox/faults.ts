import { Type } from '@fastify/type-provider-typebox';
import { type Channel, ChannelSchema } from './message.ts';

/** A test scripts a handful; more than this is a test that forgot to clear. */
export const MAX_SCRIPTED_FAULTS = 100;

/** Longer than any test would wait, and short enough to be surely a mistake beyond it. */
const MAX_REPEATS = 100_000;

/** One hour: Telegram has been seen to ask for that much, nobody is known to ask for more. */
const MAX_WAIT_MS = 3_600_000;

const MAX_TEXT_LENGTH = 500;

const WaitMs = Type.Integer({ minimum: 0, maximum: MAX_WAIT_MS });

/** Refuse the message with this status. The message is not kept. */
const StatusFault = Type.Object(
  {
    kind: Type.Literal('status'),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'HTTP status or SMTP reply.' }),
    code: Type.Optional(
      Type.Union([Type.Integer(), Type.String({ pattern: '^[45]\\.\\d{1,3}\\.\\d{1,3}$' })], {
        description: "The vendor's own code: Twilio 21211, SMTP 5.1.1 (RFC 3463).",
      }),
    ),
    message: Type.Optional(Type.String({ maxLength: MAX_TEXT_LENGTH })),
    stage: Type.Optional(
      Type.Union([Type.Literal('recipient'), Type.Literal('data')], {
        description: 'E-mail only: answer to RCPT TO (as if not given) or to the end of DATA.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Refuse for now and say for how long: Twilio 20429, Telegram 429, SMTP 451 4.7.1. */
const ThrottledFault = Type.Object(
  { kind: Type.Literal('throttled'), retryAfterMs: WaitMs },
  { additionalProperties: false },
);

/** Keep the message, then cut the connection without an answer: the sender cannot know. */
const DropFault = Type.Object(
  { kind: Type.Literal('accept-then-drop') },
  { additionalProperties: false },
);

/** Keep the message at once, answer only after the delay. */
const SlowFault = Type.Object(
  { kind: Type.Literal('slow'), delayMs: WaitMs },
  { additionalProperties: false },
);

const faultKinds = [StatusFault, ThrottledFault, DropFault, SlowFault] as const;

export type Fault = Type.Static<(typeof faultKinds)[number]>;

// By its tag, so that an error names the bad field of the meant kind and not of all four.
const FaultSchema = Type.Unsafe<Fault>({
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: faultKinds,
});

/** Body of `POST /api/faults`. */
export const FaultScriptSchema = Type.Object(
  {
    channel: ChannelSchema,
    fault: FaultSchema,
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_REPEATS, default: 1 })),
    to: Type.Optional(
      Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH, description: 'Only for them.' }),
    ),
  },
  { additionalProperties: false },
);

export type FaultScript = Type.Static<typeof FaultScriptSchema>;

/** One entry of `GET /api/faults`. */
export const ScriptedFaultSchema = Type.Object({
  id: Type.String(),
  channel: ChannelSchema,
  fault: Type.Unsafe<Fault>({ type: 'object', additionalProperties: true }),
  to: Type.Union([Type.String(), Type.Null()]),
  remaining: Type.Integer(),
});

export type ScriptedFault = Type.Static<typeof ScriptedFaultSchema>;

/** The answers scripted for the next messages, first come first served. */
export type FaultQueue = {
  /** Gives undefined when {@link MAX_SCRIPTED_FAULTS} are waiting already. */
  add(script: FaultScript): ScriptedFault | undefined;
  /** The first fault for this channel and recipient, used up by one. */
  take(channel: Channel, to: string): Fault | undefined;
  list(): ScriptedFault[];
  clear(): void;
};

export function createFaultQueue(): FaultQueue {
  let waiting: ScriptedFault[] = [];
  let lastId = 0;
  return {
    add({ channel, fault, times = 1, to = null }) {
      if (waiting.length >= MAX_SCRIPTED_FAULTS) return undefined;
      lastId += 1;
      const scripted = { id: String(lastId), channel, fault, to, remaining: times };
      waiting.push(scripted);
      return { ...scripted };
    },
    take(channel, to) {
      const next = waiting.find(
        (one) =>
          one.channel === channel && (one.to === null || one.to.toLowerCase() === to.toLowerCase()),
      );
      if (next === undefined) return undefined;
      next.remaining -= 1;
      if (next.remaining === 0) waiting = waiting.filter((one) => one !== next);
      return next.fault;
    },
    list: () => waiting.map((one) => ({ ...one })),
    clear() {
      waiting = [];
    },
  };
}
