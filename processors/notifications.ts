import { shownValue } from '../rendering/render.ts';
import { isTold, judge, type Objection, type Recipient } from '../rules/judge.ts';
import { idOf, notificationOf, originOf } from '../rules/notification.ts';
import type { Person } from '../rules/people.ts';
import { templatesOf, type UsableTemplate } from '../rules/usable-template.ts';
import { wordingFor } from '../rules/wording.ts';
import { emit, type Step } from '../runtime/processor.ts';
import { oneLine } from '../runtime/shown-text.ts';
import { describeUnreadable, isUnreadable, type Table } from '../runtime/table.ts';
import type { NotifyCommand, Preference, Suppression } from '../schemas/generated/records.ts';
import { limits } from '../schemas/limits.ts';
import { lanes, topics } from '../schemas/topics.ts';

/** What is the same for all people of a command. */
export type Job = {
  readonly command: NotifyCommand;
  readonly lane: 'direct' | 'bulk';
  readonly tables: {
    readonly preferences: Table<Preference>;
    readonly suppressions: Table<Suppression>;
  };
};

function decline(
  userId: string,
  template: UsableTemplate,
  command: NotifyCommand,
  why: Objection,
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

function write(recipient: Recipient, template: UsableTemplate, job: Job, address: string): Step {
  const { command, lane } = job;
  const { key: userId, value: user, offset: userOffset } = recipient.row;
  const wording = wordingFor(user, template, command);
  if (!wording.ok) return decline(userId, template, command, wording);
  const personal = {
    notificationId: idOf(userId, template, command),
    userId,
    address,
    recipientName: oneLine(shownValue(user.fullName)),
    subject: wording.subject,
    body: wording.body,
    userOffset,
    preferenceOffset: recipient.preference?.offset ?? null,
  };
  return emit(lanes[template.channel][lane], {
    key: userId,
    value: notificationOf(personal, template, command, wording.locale),
  });
}

/** What one person gets of a command: for each template a notification, or why not. */
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
    else if (isTold(verdict, command)) yield decline(userId, template, command, verdict);
  }
}
