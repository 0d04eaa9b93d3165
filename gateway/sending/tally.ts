import { smsPartsOf } from '../../rendering/sms-parts.ts';
import { isTold, judge, type Objection } from '../../rules/judge.ts';
import type { PlannedCommand } from '../../rules/request-plan.ts';
import { templatesOf, type UsableTemplate } from '../../rules/usable-template.ts';
import { wordingFor } from '../../rules/wording.ts';
import { createWordingCheck } from '../../rules/wording-check.ts';
import { isUnreadable } from '../../runtime/table.ts';
import type { Channel, DecisionReason, User } from '../../schemas/generated/records.ts';
import type { Candidate } from './candidates.ts';

/** What a real recipient is going to be written. */
export type Sample = {
  readonly userId: string;
  readonly locale: string;
  readonly subject: string | null;
  readonly body: string;
};

/** How many parts all SMS have together: counted one by one, or reckoned from those that were. */
export type PartsTally = { readonly total: number; readonly isExact: boolean };

/** What becomes of a template: how many are written to, and how many not, by reason. */
export type ChannelTally = {
  readonly channel: Channel;
  readonly template: UsableTemplate;
  readonly written: number;
  readonly against: ReadonlyMap<DecisionReason, number>;
  /** Null: it is no SMS. */
  readonly parts: PartsTally | null;
  /** Of as many languages as there are places. */
  readonly samples: readonly Sample[];
};

/** What becomes of a command. */
export type Tally = { readonly people: number; readonly channels: readonly ChannelTally[] };

const maxSamples = 3;
/**
 * A list has at most so many people, so it is counted exactly: a second of work. People come in the
 * order of their hashes, so the first ones of an audience are a fair sample of it.
 */
const maxCounted = 10_000;

type Chosen = { readonly userId: string; readonly user: User };

/** Keeps people who make good samples: one of each language first, then whoever came first. */
function createChoice() {
  const byLocale = new Map<string | null, Chosen>();
  const first: Chosen[] = [];
  return {
    offer(userId: string, user: User): void {
      if (first.length < maxSamples) first.push({ userId, user });
      if (byLocale.size >= maxSamples || byLocale.has(user.locale)) return;
      byLocale.set(user.locale, { userId, user });
    },
    chosen(): readonly Chosen[] {
      const ofLanguages = [...byLocale.values()];
      const ids = new Set(ofLanguages.map(({ userId }) => userId));
      const others = first.filter(({ userId }) => !ids.has(userId));
      return [...ofLanguages, ...others].slice(0, maxSamples);
    },
  };
}

/** Counts the parts of SMS, text by text as far as it goes. */
function createPartsCount(template: UsableTemplate, command: PlannedCommand) {
  let counted = 0;
  let sum = 0;
  return {
    take(user: User): void {
      if (template.channel !== 'sms' || counted === maxCounted) return;
      const wording = wordingFor(user, template, command);
      if (!wording.ok) return;
      counted += 1;
      sum += smsPartsOf(wording.body).parts;
    },
    result(written: number): PartsTally | null {
      if (template.channel !== 'sms') return null;
      if (counted === written) return { total: sum, isExact: true };
      return { total: Math.round((sum / Math.max(1, counted)) * written), isExact: false };
    },
  };
}

function createChannelTally(template: UsableTemplate, command: PlannedCommand) {
  const check = createWordingCheck(template, command);
  const against = new Map<DecisionReason, number>();
  const choice = createChoice();
  const parts = createPartsCount(template, command);
  let written = 0;

  /** Null: they get it. Undefined: nothing is written about it either. */
  function objectionTo({ row, ...wishes }: Candidate): Objection | null | undefined {
    if (isUnreadable(row)) return { reason: 'rowUnreadable', detail: null };
    if (!row) return { reason: 'unknownUser', detail: null };
    const verdict = judge({ row, ...wishes }, template.channel, command);
    if (!verdict.ok) return isTold(verdict, command) ? verdict : undefined;
    const objection = check(row.value);
    if (objection === null) {
      choice.offer(row.key, row.value);
      parts.take(row.value);
    }
    return objection;
  }

  return {
    take(candidate: Candidate): void {
      const objection = objectionTo(candidate);
      if (objection === null) written += 1;
      if (!objection) return;
      against.set(objection.reason, (against.get(objection.reason) ?? 0) + 1);
    },
    result(): ChannelTally {
      const samples = choice.chosen().flatMap(({ userId, user }) => {
        const { ok, ...wording } = wordingFor(user, template, command);
        return ok ? [{ userId, ...(wording as Omit<Sample, 'userId'>) }] : [];
      });
      const { channel } = template;
      return { channel, template, written, against, parts: parts.result(written), samples };
    },
  };
}

/**
 * Counts what the processors would write of a command, and to whom not and why, by their own rules.
 * Writes nothing.
 */
export function createTally(command: PlannedCommand) {
  const channels = templatesOf(command).map((each) => createChannelTally(each, command));
  let people = 0;
  return {
    take(candidate: Candidate): void {
      people += 1;
      for (const each of channels) each.take(candidate);
    },
    result: (): Tally => ({ people, channels: channels.map((each) => each.result()) }),
  };
}
