import { partitionOf } from '../../runtime/kafka/partitioner.ts';
import { topics } from '../../schemas/topics.ts';
import type { Outcome } from '../http/problem.ts';
import { openPen, type Pen, type PenChange } from '../write/pen.ts';

/** Changes what is written of a person, one change after the other. */
export type ChangePerson = <T>(id: string, change: PenChange<T>) => Promise<Outcome<T>>;

/** As many as people have partitions: changes of people who share none need not wait. */
const pens = topics.preferences.partitions;

type Options = Omit<Parameters<typeof openPen>[0], 'tables' | 'transactionalId'> & {
  readonly appId: string;
};

/**
 * The pens for people: one for each share of the ids. Whether somebody exists, and which address
 * they have now, is upstream's to say: that table is not waited for.
 */
export function openPeoplePens({ appId, ...options }: Options): ChangePerson {
  const all = Array.from({ length: pens }, (_, share): Pen => {
    const transactionalId = `${appId}-people-${share}`;
    return openPen({ ...options, tables: ['preferences', 'suppressions'], transactionalId });
  });
  return async (id, change) => {
    const pen = all[partitionOf(Buffer.from(id), all.length)] as Pen;
    return pen(change);
  };
}
