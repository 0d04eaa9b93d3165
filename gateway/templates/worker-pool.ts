import { Worker } from 'node:worker_threads';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Answer, Task } from './work.ts';

/** What came of a task. */
export type Worked<A> =
  | { readonly kind: 'done'; readonly value: A }
  /** It took too long or too much memory, and was ended. */
  | { readonly kind: 'stopped'; readonly why: 'time' | 'memory' | 'defect' }
  /** Too many wait. */
  | { readonly kind: 'busy' };

/** Works on templates somewhere else: one that loops must not hold up everybody. */
export type Workers = {
  work<T extends Task>(task: T): Promise<Worked<Answer<T>>>;
  close(): Promise<void>;
};

export type WorkerBounds = {
  readonly threads: number;
  /** Tasks that wait; each has at most a request's body. */
  readonly maxWaiting: number;
  readonly taskMs: number;
  /** A thread begins by loading the program. */
  readonly startMs: number;
  readonly heapMb: number;
};

export const usualBounds: WorkerBounds = {
  threads: 2,
  maxWaiting: 32,
  taskMs: 500,
  startMs: 20_000,
  heapMb: 64,
};

type Waiting = {
  readonly task: Task;
  readonly settle: (worked: Worked<never>) => void;
};

type Message = { readonly ready: true } | { readonly answer: unknown };

const youngHeapMb = 16;
const stackMb = 4;

/** One thread at a time works for each place; a thread that was stopped is replaced when needed. */
export function openWorkers(options: {
  readonly clock: Clock;
  readonly log: Log;
  readonly bounds?: WorkerBounds;
}): Workers {
  const { clock, log, bounds = usualBounds } = options;
  const waiting: Waiting[] = [];
  const free: (Worker | null)[] = Array.from({ length: bounds.threads }, () => null);
  const threads = new Set<Worker>();
  let closed = false;

  function begin(): Worker {
    const thread = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: {
        maxOldGenerationSizeMb: bounds.heapMb,
        maxYoungGenerationSizeMb: youngHeapMb,
        stackSizeMb: stackMb,
      },
    });
    thread.unref();
    threads.add(thread);
    return thread;
  }

  /** The next message; null when it does not come in time, or the thread ends. */
  async function messageOf(thread: Worker, withinMs: number): Promise<Message | Error | null> {
    const late = new AbortController();
    const heard = Promise.withResolvers<Message | Error | null>();
    const onMessage = (message: Message) => heard.resolve(message);
    const onEnd = (error: unknown) => heard.resolve(error instanceof Error ? error : null);
    thread.once('message', onMessage).once('error', onEnd).once('exit', onEnd);
    void clock.sleep(withinMs, late.signal).then(() => heard.resolve(null));
    const message = await heard.promise;
    late.abort();
    thread.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
    return message;
  }

  async function end(thread: Worker): Promise<void> {
    threads.delete(thread);
    thread.on('error', () => undefined);
    await thread.terminate();
  }

  function whyOf(found: Error | null): 'time' | 'memory' | 'defect' {
    if (found === null) return 'time';
    const { code } = found as NodeJS.ErrnoException;
    return code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'defect';
  }

  async function serve(known: Worker | null, { task, settle }: Waiting): Promise<Worker | null> {
    const thread = known ?? begin();
    if (!known && !isMessage(await messageOf(thread, bounds.startMs))) {
      await end(thread);
      settle({ kind: 'stopped', why: 'defect' });
      return null;
    }
    thread.postMessage(task);
    const found = await messageOf(thread, bounds.taskMs);
    if (isMessage(found) && 'answer' in found) {
      settle({ kind: 'done', value: found.answer as never });
      return thread;
    }
    const why = whyOf(found instanceof Error ? found : null);
    log.warn({ kind: task.kind, why }, 'a template was worked on in vain');
    await end(thread);
    settle({ kind: 'stopped', why });
    return null;
  }

  async function run(known: Worker | null): Promise<void> {
    let thread = known;
    for (let next = waiting.shift(); next && !closed; next = waiting.shift()) {
      thread = await serve(thread, next);
    }
    if (closed) await (thread && end(thread));
    else free.push(thread);
  }

  return {
    work<T extends Task>(task: T): Promise<Worked<Answer<T>>> {
      if (closed || waiting.length >= bounds.maxWaiting) return Promise.resolve({ kind: 'busy' });
      const worked = Promise.withResolvers<Worked<Answer<T>>>();
      waiting.push({ task, settle: worked.resolve });
      const thread = free.pop();
      if (thread !== undefined) void run(thread);
      return worked.promise;
    },
    async close() {
      closed = true;
      for (const { settle } of waiting.splice(0)) settle({ kind: 'busy' });
      await Promise.all([...threads].map(end));
    },
  };
}

const isMessage = (found: Message | Error | null): found is Message =>
  found !== null && !(found instanceof Error);
