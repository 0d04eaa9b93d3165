import { render, textFor } from '../rendering/render.ts';
import { readerName, sharedValues } from '../rendering/values.ts';
import type { NotifyCommand, User } from '../schemas/generated/records.ts';
import type { Objection } from './judge.ts';
import type { UsableTemplate } from './usable-template.ts';

/** What a person is written, or why they cannot be given any text. */
export type Wording =
  | {
      readonly ok: true;
      readonly locale: string;
      readonly subject: string | null;
      readonly body: string;
    }
  | ({ readonly ok: false } & Objection);

/** Fills in a template for a person, in their language. */
export function wordingFor(
  user: Pick<User, 'fullName' | 'locale' | 'timeZone'>,
  template: UsableTemplate,
  command: Pick<NotifyCommand, 'movie' | 'params' | 'occurredAt'>,
): Wording {
  const text = textFor(template, user.locale);
  if (!text) {
    const detail = `template ${template.id} has no text in ${template.locale}`;
    return { ok: false, reason: 'noText', detail };
  }
  const values = { ...sharedValues(command, text.locale), [readerName]: user.fullName };
  const rendered = render(template, text, values, user);
  if (!rendered.ok) {
    const detail = `template ${template.id}: ${rendered.reason}`;
    return { ok: false, reason: 'renderFailed', detail };
  }
  const { subject, body } = rendered;
  return { ok: true, locale: text.locale, subject, body };
}
