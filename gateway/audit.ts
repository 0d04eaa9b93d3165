import type { AuditEntry } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import type { Identity } from './http/identity.ts';

/** Who did it: somebody who asked, or the product itself, from a command line for example. */
export type Actor =
  | Pick<Identity, 'kind' | 'id' | 'name'>
  | { readonly kind: 'system'; readonly id: string; readonly name: string };

/** What to say beside the subject: ids, scopes, counts. Never a text, a secret or an address. */
export type AuditDetail = Readonly<
  Record<string, string | number | boolean | null | readonly string[]>
>;

function detailText(detail: AuditDetail | null): string | null {
  if (detail === null) return null;
  const text = JSON.stringify(detail);
  if (text.length <= limits.detailChars) return text;
  return JSON.stringify({ left_out_chars: text.length });
}

/** What is written of a change that somebody made. Pure. */
export function auditEntry(change: {
  readonly entryId: string;
  readonly atMs: number;
  readonly actor: Actor;
  /** Subject and participle: `api-key.created`, `template.published`. */
  readonly action: `${string}.${string}`;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly detail?: AuditDetail | null;
}): AuditEntry {
  const { entryId, atMs, actor, action, subject, detail = null } = change;
  return {
    entryId,
    at: atMs,
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    action,
    subjectKind: subject.kind,
    subjectId: subject.id,
    detail: detailText(detail),
  };
}
