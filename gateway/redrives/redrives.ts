import type { Letter } from '../../redrive/letter.ts';
import type { Outcome as LetterOutcome, RedriveRequest } from '../../redrive/redrive.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeError, toVestnikError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { topics } from '../../schemas/topics.ts';
import { auditEntry } from '../audit.ts';
import { answerWithin } from '../http/answer-within.ts';
import type { Identity } from '../http/identity.ts';
import { notNow, type Outcome } from '../http/problem.ts';
import { type Publish, recordOf } from '../write/publisher.ts';

/** A redrive that somebody asked this gateway for, as far as it is. */
export type RedriveRun = {
  readonly redriveId: string;
  readonly request: RedriveRequest;
  readonly askedBy: string;
  readonly beganAtMs: number;
  readonly endedAtMs: number | null;
  /** `fenced`: another redrive was begun and goes on in place of this one. */
  readonly state: 'running' | 'done' | 'fenced' | 'failed';
  /** How many offsets of dead letters there are to read; null: not known yet. */
  readonly offsets: number | null;
  /** Letters by what became of them, or would become. */
  readonly counts: Readonly<Partial<Record<LetterOutcome, number>>>;
  /** How many are back in their topics. */
  readonly sent: number;
  /** Why it failed. */
  readonly reason: string | null;
};

/** What is done about letters, as the redrive itself tells it. */
export type ToldRedrive = {
  readonly began: (offsets: number) => void;
  readonly decided: (letter: Letter, outcome: LetterOutcome) => void;
  readonly progress: (sent: number) => void;
};

/** Redrives that are asked for here. They run on after the answer, one at a time. */
export type Redrives = {
  /**
   * Begins one. 409 while another runs here. What sends is written to `audit` first, and its end
   * with the counts; when that cannot be written nothing is begun (503).
   */
  begin(asker: Identity, request: RedriveRequest): Promise<Outcome<RedriveRun>>;
  /** Undefined: not of this process, or too long ago; the audit knows it all the same. */
  find(redriveId: string): RedriveRun | undefined;
  /** The newest first. */
  list(): readonly RedriveRun[];
  /** Ends the one that runs, between two of its transactions. */
  stop(): Promise<void>;
};

/** A transaction takes less; what hangs longer is left to the end of the process. */
const stopDeadlineMs = 5000;
/** Older ones are forgotten; `audit` keeps what they did. */
const maxRuns = 50;

type Changing = { -readonly [Field in keyof RedriveRun]: RedriveRun[Field] };

/** `run` does the work; see `redrive`. */
export function createRedrives(options: {
  readonly run: (request: RedriveRequest, told: ToldRedrive, signal: AbortSignal) => Promise<void>;
  readonly publish: Publish;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
}): Redrives {
  const { run, publish, clock, newId, log } = options;
  const runs = new Map<string, Changing>();
  const stopping = new AbortController();
  let running: Promise<void> | null = null;

  async function audit(asker: Identity, action: 'redrive.begun' | 'redrive.ended', of: RedriveRun) {
    const { code, topic, process, key, place } = of.request;
    const entry = auditEntry({
      entryId: newId(),
      atMs: clock.nowMs(),
      actor: asker,
      action,
      subject: { kind: 'redrive', id: of.redriveId },
      detail: {
        ...{ code, topic, process, key_given: key !== null },
        letter: place && `${place.partition}@${place.offset}`,
        ...(action === 'redrive.ended' && { state: of.state, sent: of.sent }),
      },
    });
    return publish([recordOf(topics.audit, entry.entryId, entry)]);
  }

  function told(of: Changing): ToldRedrive {
    return {
      began: (offsets) => {
        of.offsets = offsets;
      },
      decided: (_letter, outcome) => {
        of.counts = { ...of.counts, [outcome]: (of.counts[outcome] ?? 0) + 1 };
      },
      progress: (sent) => {
        of.sent = sent;
      },
    };
  }

  async function work(of: Changing, asker: Identity): Promise<void> {
    try {
      await run(of.request, told(of), stopping.signal);
      of.state = 'done';
    } catch (error) {
      of.state = toVestnikError(error, 'INTERNAL').code === 'PRODUCER_FENCED' ? 'fenced' : 'failed';
      of.reason = describeError(error);
      log.warn({ redriveId: of.redriveId, reason: of.reason }, 'a redrive ended early');
    }
    of.endedAtMs = clock.nowMs();
    if (!of.request.dryRun) await audit(asker, 'redrive.ended', of);
  }

  return {
    async begin(asker, request) {
      if (running) {
        const detail = 'A redrive runs already; wait for its end, or ask how far it is.';
        return { ok: false, problem: { status: 409, detail } };
      }
      const begun: Changing = {
        redriveId: newId(),
        request,
        askedBy: asker.name,
        beganAtMs: clock.nowMs(),
        endedAtMs: null,
        state: 'running',
        offsets: null,
        counts: {},
        sent: 0,
        reason: null,
      };
      const turn = Promise.withResolvers<void>();
      running = turn.promise;
      const ended = () => {
        running = null;
        turn.resolve();
      };
      const written = request.dryRun ? null : await audit(asker, 'redrive.begun', begun);
      if (written && written.kind !== 'acknowledged') {
        ended();
        const detail = 'Kafka did not take the audit entry in time. Nothing was sent back.';
        return { ok: false, problem: notNow(detail) };
      }
      runs.set(begun.redriveId, begun);
      for (const oldest of runs.keys()) {
        if (runs.size <= maxRuns) break;
        runs.delete(oldest);
      }
      work(begun, asker).then(ended, ended);
      return { ok: true, value: begun };
    },
    find: (redriveId) => runs.get(redriveId),
    list: () => [...runs.values()].reverse(),
    async stop() {
      stopping.abort(new DOMException('the gateway is stopped', 'AbortError'));
      const work = running ?? Promise.resolve();
      await answerWithin({ clock, deadlineMs: stopDeadlineMs, work, late: undefined });
    },
  };
}
