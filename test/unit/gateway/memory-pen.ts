import { notNow } from '../../../gateway/http/problem.ts';
import type { ChangePerson } from '../../../gateway/people/people-pens.ts';
import type { Publish } from '../../../gateway/write/publisher.ts';

const unsure = { ok: false, problem: notNow('It is not known.') } as const;

/** A pen that nobody else takes: what it decides is published, transaction by transaction. */
export const memoryPen =
  (publish: Publish): ChangePerson =>
  async (_id, { decide }) => {
    const decided = decide();
    if (!decided.ok) return decided;
    const { transactions, value } = decided.value;
    for (const records of transactions) {
      const { kind } = await publish(records);
      if (kind !== 'acknowledged') return unsure;
    }
    return { ok: true, value };
  };

/** A pen whose every first attempt is written without an answer: it looks, or does it again. */
export const unheardPen = (publish: Publish): ChangePerson => {
  const write = memoryPen(publish);
  return async (id, change) => {
    const first = await write(id, change);
    if (first.ok && change.isWritten(first.value)) return first;
    return write(id, change);
  };
};
