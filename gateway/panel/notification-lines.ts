import type { FoundNotification } from '../read/notification-search.ts';
import { decisionSentences } from '../words/decision-sentences.ts';
import { stateBadge } from './notification-states.ts';
import { shownTemplate } from './shown-template.ts';
import { shownTime } from './times.ts';
import type { Words } from './words/words.ts';

const sentences: Readonly<Record<string, { readonly ru: string; readonly en: string }>> =
  decisionSentences;

/** The rule that said no as a sentence; what a vendor said stays as it was said. */
export function reasonText(
  { state, reason }: Pick<FoundNotification, 'state' | 'reason'>,
  { language }: Words,
): string | null {
  if (reason === null || state !== 'suppressed') return reason;
  return sentences[reason]?.[language] ?? reason;
}

/** Where the story of a notification is. */
export const storyPath = (notificationId: string): string => `/notifications/${notificationId}`;

/** Where a person's page is. */
export const personPath = (userId: string): string => `/people/${encodeURIComponent(userId)}`;

/** A notification as a row of a list. */
export const lineView = (found: FoundNotification, words: Words) => ({
  path: storyPath(found.notificationId),
  userId: found.userId,
  personPath: personPath(found.userId),
  channel: found.channel === null ? null : words.shell.channels[found.channel],
  template: found.templateId === null ? null : shownTemplate(found.templateId, words),
  event: found.eventType === null ? null : words.history.events[found.eventType],
  state: stateBadge(found.state, words),
  reason: reasonText(found, words),
  occurred: shownTime(words.language, found.occurredAtMs),
});
