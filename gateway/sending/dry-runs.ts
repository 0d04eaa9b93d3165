import type { PlannedCommand } from '../../rules/request-plan.ts';
import type { Clock } from '../../runtime/clock.ts';
import { notNow, type Outcome } from '../http/problem.ts';
import type { People } from '../read/people.ts';
import { candidatesOf } from './candidates.ts';
import { createTally, type Tally } from './tally.ts';

/** Counts beforehand what becomes of a command. */
export type DryRuns = {
  /** 503 when too many are under way, or it takes too long. Ends early when nobody waits. */
  run(command: PlannedCommand, people: People, signal: AbortSignal): Promise<Outcome<Tally>>;
};

/** What others who share the event loop wait for; a million people are some thousand turns. */
const turnMs = 8;
/** People between two looks at the clock. */
const peoplePerLook = 50;
/** Beside each other they take from one loop: more would only all be slower. */
const maxAtOnce = 2;
/** A million people took 16 s on a core that four others wanted, a few by itself. */
const deadlineMs = 30_000;

const busy = `${maxAtOnce} are counted already; try again in a moment. Nothing was written.`;
const late = `More people than can be counted in ${deadlineMs / 1000} s. Nothing was written.`;
const gone = 'Nobody waited for the answer.';

/** Dry runs of one process, which share its event loop: each gives way to others every few ms. */
export function createDryRuns({ clock }: { readonly clock: Clock }): DryRuns {
  let running = 0;

  async function count(command: PlannedCommand, people: People, signal: AbortSignal) {
    const tally = createTally(command);
    const startedAtMs = clock.nowMs();
    let turnEndsAtMs = startedAtMs + turnMs;
    let untilLook = peoplePerLook;
    for (const candidate of candidatesOf(people, command)) {
      tally.take(candidate);
      untilLook -= 1;
      if (untilLook > 0) continue;
      untilLook = peoplePerLook;
      if (clock.nowMs() < turnEndsAtMs) continue;
      await clock.sleep(0);
      if (signal.aborted) return { ok: false, problem: notNow(gone) } as const;
      const nowMs = clock.nowMs();
      if (nowMs > startedAtMs + deadlineMs) return { ok: false, problem: notNow(late) } as const;
      turnEndsAtMs = nowMs + turnMs;
    }
    return { ok: true, value: tally.result() } as const;
  }

  return {
    async run(command, people, signal) {
      if (running >= maxAtOnce) return { ok: false, problem: notNow(busy) };
      running += 1;
      try {
        return await count(command, people, signal);
      } finally {
        running -= 1;
      }
    },
  };
}
