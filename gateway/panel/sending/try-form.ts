import { readableIn } from '../../../runtime/table.ts';
import type { Channel } from '../../../schemas/generated/records.ts';
import type { Identity } from '../../http/identity.ts';
import type { GatewayTables } from '../../read/tables.ts';
import { addressFault } from '../../sending/address.ts';
import { sendAnnouncementTest } from '../../sending/announcement-test.ts';
import { sendTest, type TestSendParts } from '../../sending/test-send.ts';
import type { Words } from '../words/words.ts';
import { announcedIn, movieIn, type SendForm } from './form.ts';

/** What became of a test, in words. */
export type Tried = {
  readonly ok: boolean;
  readonly text: string;
  readonly address: string;
  readonly channel: Channel | null;
};

/** Who may write templates may try one; who may send an announcement may try it. */
export const mayTry = ({ kind }: SendForm, { scopes }: Identity): boolean =>
  scopes.has(kind === 'template' ? 'templates:write' : 'notifications:write');

type Tables = Pick<GatewayTables, 'templates' | 'movies'>;

/** Where a test goes: of an announcement to the channel that was chosen for it. */
export type TryAt = { readonly address: string; readonly channel: string };

/** The channel that a form is tried on; null: there is none such. */
function triedChannel(form: SendForm, { channel }: TryAt, tables: Tables): Channel | null {
  if (form.kind === 'announcement') {
    return form.channels.find((each) => each === channel) ?? form.channels[0] ?? null;
  }
  const template = readableIn(tables.templates.get(form.templateId));
  return template === undefined || template.channel === 'unknown' ? null : template.channel;
}

/** Sends what a form says to an address that somebody typed, with the movie of the form. */
export async function tryForm(
  form: SendForm,
  at: TryAt,
  options: {
    readonly asker: Identity;
    readonly tables: Tables;
    readonly parts: TestSendParts;
    readonly words: Words;
  },
): Promise<Tried> {
  const { asker, tables, parts, words } = options;
  const { tests } = words.sending.look;
  const { address } = at;
  const channel = triedChannel(form, at, tables);
  if (channel !== null && addressFault(channel, address) !== null) {
    return { ok: false, text: tests.noAddress(channel), address, channel };
  }
  const locale = words.language;
  const testId = parts.newId();
  const movieId = movieIn(form);
  const trying = () => {
    if (form.kind === 'announcement' && channel !== null) {
      const movie = movieId === null ? {} : { movie_id: movieId };
      const asked = { texts: announcedIn(form), ...movie, channel, address, locale };
      return sendAnnouncementTest(asker, asked, testId, { ...parts, tables });
    }
    const { templateId } = form;
    const version = readableIn(tables.templates.get(templateId))?.version ?? null;
    const data = { userId: null, movieId, commentId: null, values: {} };
    return sendTest(asker, { templateId, version, address, locale, data }, testId, parts);
  };
  const sent = await trying();
  if (sent.ok) return { ok: true, text: tests.sent(address), address: '', channel };
  const { status, detail } = sent.problem;
  return { ok: false, text: status === 429 ? tests.tooMany : detail, address, channel };
}
