import type { PlannedCommand } from '../../../rules/request-plan.ts';
import type { Channel, NotificationRequested } from '../../../schemas/generated/records.ts';
import { announcedIdOf, requestIdOf } from '../../api/request-id.ts';
import type { Identity } from '../../http/identity.ts';
import type { Outcome } from '../../http/problem.ts';
import type { GatewayTables } from '../../read/tables.ts';
import { decideAnnouncement } from '../../sending/announcement.ts';
import { decideRequest } from '../../sending/decide-request.ts';
import { plannedTogether } from '../../sending/planned.ts';
import { announcedIn, digestOf, movieIn, peopleIn, type SendForm } from './form.ts';

/** What a form comes to: the records to write, and what the processors would make of them. */
export type DecidedForm = {
  readonly requests: readonly NotificationRequested[];
  readonly command: PlannedCommand;
};

type Tables = Pick<GatewayTables, 'movies' | 'templates'>;
type Asked = { readonly asker: Identity; readonly nowMs: number };

/** In the words of the API. */
function namingOf(form: SendForm) {
  const people = peopleIn(form);
  if (people === null) return { user_ids: [] };
  return people.kind === 'listed' ? { user_ids: people.pasted.ids } : { audience: people.audience };
}

const movieOf = (form: SendForm) => {
  const id = movieIn(form);
  return id === null ? {} : { movie_id: id };
};

function decideAnnounced(form: SendForm, { asker, nowMs }: Asked, tables: Tables) {
  const { channels } = form;
  const body = { ...namingOf(form), ...movieOf(form), channels, texts: announcedIn(form) };
  const idempotencyKey = `${form.key}.${digestOf(body)}`;
  const requestIdFor = (channel: Channel) =>
    announcedIdOf({ askerId: asker.id, channel, idempotencyKey });
  return decideAnnouncement(
    { body, requestIdOf: requestIdFor, requestedBy: asker.name, requestedAtMs: nowMs },
    tables,
  );
}

/** Of an unknown template the channel does not matter: it is refused. */
const channelOf = ({ templateId }: SendForm, { templates }: Tables): Channel => {
  const row = templates.get(templateId);
  const channel = row && 'value' in row ? row.value.channel : 'unknown';
  return channel === 'unknown' ? 'email' : channel;
};

function decideTemplate(form: SendForm, { asker, nowMs }: Asked, tables: Tables) {
  const channel = channelOf(form, tables);
  const body = { ...namingOf(form), ...movieOf(form), template_id: form.templateId };
  const idempotencyKey = `${form.key}.${digestOf(body)}`;
  const requestId = requestIdOf({ askerId: asker.id, channel, idempotencyKey });
  return decideRequest(
    { channel, body, requestId, requestedBy: asker.name, requestedAtMs: nowMs },
    tables,
  );
}

/**
 * What a form comes to, by the functions of the API, or why it is refused. The same form of the
 * same person has the same ids of requests: sent twice, it is one.
 */
export function decideForm(form: SendForm, asked: Asked, tables: Tables): Outcome<DecidedForm> {
  const decided =
    form.kind === 'announcement'
      ? decideAnnounced(form, asked, tables)
      : decideTemplate(form, asked, tables);
  if (!decided.ok) return decided;
  const requests = 'requestId' in decided.value ? [decided.value] : decided.value;
  const command = plannedTogether(requests, tables);
  return command.ok ? { ok: true, value: { requests, command: command.value } } : command;
}
