import { readableIn } from '../../../runtime/table.ts';
import type { Identity } from '../../http/identity.ts';
import type { GatewayTables } from '../../read/tables.ts';
import { addressFault } from '../../sending/address.ts';
import { sendTest, type TestSendParts } from '../../sending/test-send.ts';
import type { Words } from '../words/words.ts';
import { movieIn, type SendForm } from './form.ts';

/** What became of a test, in words. */
export type Tried = { readonly ok: boolean; readonly text: string; readonly address: string };

/** Who may write templates may try one; an announcement is no template yet. */
export const mayTry = ({ kind }: SendForm, { scopes }: Identity): boolean =>
  kind === 'template' && scopes.has('templates:write');

/** Sends what is published to an address that somebody typed, with the movie of the form. */
export async function tryForm(
  form: SendForm,
  address: string,
  options: {
    readonly asker: Identity;
    readonly tables: Pick<GatewayTables, 'templates'>;
    readonly parts: TestSendParts;
    readonly words: Words;
  },
): Promise<Tried> {
  const { asker, tables, parts, words } = options;
  const { tests } = words.sending.look;
  const template = readableIn(tables.templates.get(form.templateId));
  const isOurs = template !== undefined && template.channel !== 'unknown';
  if (isOurs && addressFault(template.channel, address) !== null) {
    return { ok: false, text: tests.noAddress(template.channel), address };
  }
  const { templateId } = form;
  const version = template?.version ?? null;
  const data = { userId: null, movieId: movieIn(form), commentId: null, values: {} };
  const asked = { templateId, version, address, locale: words.language, data };
  const sent = await sendTest(asker, asked, parts.newId(), parts);
  if (sent.ok) return { ok: true, text: tests.sent(address), address: '' };
  const { status, detail } = sent.problem;
  return { ok: false, text: status === 429 ? tests.tooMany : detail, address };
}
