import { type Fragment, sql } from '../../runtime/sql.ts';

/** A topic partition, which counts for itself. */
type Counting = { readonly topic: string; readonly partition: number };

/**
 * Counts what happened by the minute, of the last day; what is older is forgotten by whoever
 * counts. `happened` has `at`, `what` and `channel`.
 */
export const counted = (
  happened: Fragment,
  { topic, partition }: Counting,
): Fragment => sql`forgotten as (
    delete from minute_counts where topic = ${topic} and partition = ${partition}
      and minute < now() - interval '1 day'
  ), counted as (
    insert into minute_counts as known (topic, partition, minute, what, channel, count)
    select ${topic}::text, ${partition}::int, date_trunc('minute', at), what, channel, count(*)
    from (${happened}) happened where at >= now() - interval '1 day' + interval '1 minute'
    group by 3, what, channel
    on conflict (topic, partition, minute, what, channel)
    do update set count = known.count + excluded.count
  )`;
