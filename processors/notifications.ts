import { render, shownValue, textFor } from '../rendering/render.ts';
import { readerName, sharedValues } from '../rendering/values.ts';
import { chars, tooLarge } from '../runtime/measured.ts';
import { emit, type Step } from '../runtime/processor.ts';
import { oneLine } from '../runtime/shown-text.ts';
import { inForm } from '../runtime/store/word-table.ts';
import {
  describeUnreadable,
  type Found,
  isUnreadable,
  type Row,
  type Table,
} from '../runtime/table.ts';
import type {
  Channel,
  DecisionReason,
  Notification,
  NotifyCommand,
  Preference,
  Suppression,
  User,
} from '../schemas/generated/records.ts';
import { notificationIdOf } from '../schemas/ids.ts';
import { limits } from '../schemas/limits.ts';
import { lanes, topics } from '../schemas/topics.ts';
import type { Person } from './people.ts';
import { templatesOf, type UsableTemplate } from './usable-template.ts';

/** What is the same for all people of a command. */
export type Job = {
  readonly command: NotifyCommand;
  readonly lane: 'direct' | 'bulk';
  readonly tables: {
    readonly preferences: Table<Preference>;
    readonly suppressions: Table<Suppression>;
  };
};

/** Someone who exists, and what they want. */
type Recipient = {
  readonly row: Row<User>;
  readonly preference: Found<Preference> | undefined;
  readonly suppression: Found<Suppression> | undefined;
};

/** A notification can be written to this address, or there is a reason against it. */
type Verdict =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly reason: DecisionReason; readonly detail: string | null };

const no = (reason: DecisionReason, detail: string | null = null): Verdict => ({
  ok: false,
  reason,
  detail,
});

const unknownChannel = 'opted out of a channel that this release does not know';
const unknownEvent = 'opted out of a kind of event that this release does not know';

function addressOf(user: User, channel: Channel): string | null {
  switch (channel) {
    case 'email':
      return user.email;
    case 'sms':
      return user.phone;
    case 'messenger':
      return user.telegramChatId;
  }
}

/**
 * What a person has against a command on a channel. A symbol of a later release means that they
 * opted out of something that we cannot tell: it may be this, so it is taken as this.
 */
function objectionOf(
  preference: Preference | undefined,
  channel: Channel,
  { eventType }: NotifyCommand,
): Verdict | null {
  if (!preference) return null;
  const { optedOutChannels, optedOutEvents } = preference;
  if (optedOutChannels.includes(channel)) return no('optedOutChannel');
  if (optedOutEvents.includes(eventType)) return no('optedOutEvent');
  if (optedOutChannels.includes('unknown')) return no('optedOutChannel', unknownChannel);
  if (optedOutEvents.includes('unknown')) return no('optedOutEvent', unknownEvent);
  return null;
}

/** Whether someone may be written to on a channel. The first reason against it is the one told. */
function judge(recipient: Recipient, channel: Channel, command: NotifyCommand): Verdict {
  const user = recipient.row.value;
  if (!user.channels.includes(channel)) return no('channelNotChosen');
  const { preference: wishes, suppression } = recipient;
  // What cannot be read might forbid it.
  if (isUnreadable(wishes)) return no('rowUnreadable', describeUnreadable(wishes));
  if (isUnreadable(suppression)) return no('rowUnreadable', describeUnreadable(suppression));
  const opposed = objectionOf(wishes?.value, channel, command);
  if (opposed) return opposed;
  const address = addressOf(user, channel);
  if (address === null || address === '') return no('noAddress');
  const suppressed = suppression?.value.addresses.find(
    (each) =>
      (each.channel === channel || each.channel === 'unknown') &&
      // Two ways of writing one address (RFC 6532, 3.1): which of them bounced makes no difference.
      inForm('nfc', each.address) === inForm('nfc', address),
  );
  if (suppressed) return no('suppressedAddress', suppressed.reason);
  const large = tooLarge('the user', [
    chars('fullName', user.fullName, limits.nameChars),
    chars(`the address for ${channel}`, address, limits.addressChars),
  ]);
  if (large !== null) return no('tooLarge', large);
  return { ok: true, address };
}

function idOf(userId: string, { id, channel }: UsableTemplate, { eventId }: NotifyCommand): string {
  return notificationIdOf({ eventId, templateId: id, channel, userId });
}

/** The part of a record that says where it came from. */
function originOf(template: UsableTemplate, command: NotifyCommand) {
  const { eventId, eventType, requestId, source, occurredAt } = command;
  const { id: templateId, channel } = template;
  return { eventId, eventType, requestId, source, occurredAt, channel, templateId };
}

function decline(
  userId: string,
  template: UsableTemplate,
  command: NotifyCommand,
  why: { readonly reason: DecisionReason; readonly detail: string | null },
): Step {
  const { reason, detail } = why;
  return emit(topics.notificationDecisions, {
    key: userId,
    value: {
      notificationId: idOf(userId, template, command),
      userId,
      ...originOf(template, command),
      reason,
      detail: detail === null ? null : detail.slice(0, limits.detailChars),
    },
  });
}

/** The part of a notification that differs from person to person. */
export type Personal = Pick<
  Notification,
  | 'notificationId'
  | 'userId'
  | 'address'
  | 'recipientName'
  | 'subject'
  | 'body'
  | 'userOffset'
  | 'preferenceOffset'
>;

/** A notification of a command, with the person filled in. */
export function notificationOf(
  personal: Personal,
  template: UsableTemplate,
  command: NotifyCommand,
  locale: string,
): Notification {
  return {
    ...originOf(template, command),
    ...personal,
    locale,
    templateVersion: template.version,
  };
}

function write(recipient: Recipient, template: UsableTemplate, job: Job, address: string): Step {
  const { command, lane } = job;
  const { key: userId, value: user, offset: userOffset } = recipient.row;
  const text = textFor(template, user.locale);
  if (!text) {
    const detail = `template ${template.id} has no text in ${template.locale}`;
    return decline(userId, template, command, { reason: 'noText', detail });
  }
  const values = { ...sharedValues(command, text.locale), [readerName]: user.fullName };
  const rendered = render(template, text, values);
  if (!rendered.ok) {
    const detail = `template ${template.id}: ${rendered.reason}`;
    return decline(userId, template, command, { reason: 'renderFailed', detail });
  }
  const personal = {
    notificationId: idOf(userId, template, command),
    userId,
    address,
    recipientName: oneLine(shownValue(user.fullName)),
    subject: rendered.subject,
    body: rendered.body,
    userOffset,
    preferenceOffset: recipient.preference?.offset ?? null,
  };
  return emit(lanes[template.channel][lane], {
    key: userId,
    value: notificationOf(personal, template, command, text.locale),
  });
}

/**
 * What one person gets of a command: for each template a notification, or a decision that says
 * why not. A channel that a person did not choose is only worth a decision when an administrator
 * asked for it; for events it is simply not theirs.
 */
export function* notificationsFor(person: Person, job: Job): Iterable<Step> {
  const { command, tables } = job;
  const { userId, row } = person;
  if (isUnreadable(row)) {
    const why = { reason: 'rowUnreadable', detail: describeUnreadable(row) } as const;
    for (const template of templatesOf(command)) yield decline(userId, template, command, why);
    return;
  }
  const recipient = row && {
    row,
    preference: tables.preferences.get(userId),
    suppression: tables.suppressions.get(userId),
  };
  for (const template of templatesOf(command)) {
    if (!recipient) {
      yield decline(userId, template, command, { reason: 'unknownUser', detail: null });
      continue;
    }
    const verdict = judge(recipient, template.channel, command);
    if (verdict.ok) yield write(recipient, template, job, verdict.address);
    else if (verdict.reason !== 'channelNotChosen' || command.requestId !== null) {
      yield decline(userId, template, command, verdict);
    }
  }
}
