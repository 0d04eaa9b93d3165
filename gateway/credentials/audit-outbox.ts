import type { AuditEntry } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { type Publish, recordOf } from '../write/publisher.ts';
import type { CredentialsDatabase } from './credentials-database.ts';

/** Of one publication. */
const maxEntries = 100;

/**
 * Writes what was changed to the topic audit, oldest first, and forgets it here once it is there.
 * An entry is written in the statement of its change, so neither is ever without the other; it can
 * be published twice, with the same id. True: nothing is left.
 */
export async function flushAudit(
  { database }: { readonly database: CredentialsDatabase },
  publish: Publish,
): Promise<boolean> {
  for (;;) {
    const rows = await database.query<{ id: string; entry: string }>`
      select entry_id as id, entry from gateway.audit_outbox order by place limit ${maxEntries}`;
    if (rows.length === 0) return true;
    const entries = rows.map(({ entry }) => JSON.parse(entry) as AuditEntry);
    const records = entries.map((entry) => recordOf(topics.audit, entry.entryId, entry));
    const published = await publish(records);
    if (published.kind !== 'acknowledged') return false;
    await database.query`
      delete from gateway.audit_outbox where entry_id = any(${rows.map(({ id }) => id)}::uuid[])`;
    if (rows.length < maxEntries) return true;
  }
}
