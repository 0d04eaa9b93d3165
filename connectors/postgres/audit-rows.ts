import type { AuditEntry } from '../../schemas/generated/records.ts';
import { id, type Mapped, text, time, toRow } from './cells.ts';

export type AuditRow = {
  readonly entry_id: string;
  readonly happened_at: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly action: string;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly detail: string | null;
};

export function auditRow(value: AuditEntry): Mapped<AuditRow> {
  return toRow({
    entry_id: id(value.entryId),
    happened_at: time(value.at),
    actor_kind: text(value.actorKind),
    actor_id: id(value.actorId),
    actor_name: text(value.actorName),
    action: id(value.action),
    subject_kind: text(value.subjectKind),
    subject_id: id(value.subjectId),
    detail: text(value.detail),
  });
}
