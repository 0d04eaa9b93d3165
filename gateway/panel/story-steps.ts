import type { Source } from '../../schemas/generated/records.ts';
import type { NotificationStory } from '../read/notification-story.ts';
import type { AttemptLine } from '../read/story-rows.ts';
import { decisionSentences } from '../words/decision-sentences.ts';
import { shownTemplate } from './shown-template.ts';
import { type ShownTime, shownTime } from './times.ts';
import { languageName } from './words/bilingual.ts';
import type { Words } from './words/words.ts';

/** A term and what it is here; null: not known. */
type Fact = { readonly name: string; readonly value: string };

/** One thing that happened to a notification. */
export type Step = {
  readonly tone: 'good' | 'bad' | 'doubtful' | 'calm' | 'moving';
  readonly title: string;
  readonly time: ShownTime | null;
  readonly about: string | null;
  readonly facts: readonly Fact[];
};

const placeOf = ({ topic, partition, offset }: Source) => `${topic}-${partition}@${offset}`;

/** Facts without those that are not known. */
const known = (facts: readonly (readonly [string, string | number | null])[]): readonly Fact[] =>
  facts.flatMap(([name, value]) => (value === null ? [] : [{ name, value: String(value) }]));

function eventStep(
  { event, occurredAtMs }: NotificationStory,
  { story, history, language }: Words,
): Step {
  const { facts } = story;
  return {
    tone: 'calm',
    title: event === null ? story.eventUnknown : history.events[event.eventType],
    time: shownTime(language, occurredAtMs),
    about: null,
    facts: event
      ? known([
          [facts.eventId, event.eventId],
          [facts.record, placeOf(event.source)],
        ])
      : [],
  };
}

function joinedSteps({ joined }: NotificationStory, { story }: Words): readonly Step[] {
  if (joined === null) return [];
  const { user, preference } = joined;
  const { facts } = story;
  return [
    {
      tone: 'calm',
      title: story.joined,
      time: null,
      about: null,
      facts: known([
        [facts.userRow, placeOf(user)],
        [facts.preferenceRow, preference === null ? story.noPreference : placeOf(preference)],
      ]),
    },
  ];
}

/** What the rules came to: a text, or a no. */
function decidedSteps(notification: NotificationStory, words: Words): readonly Step[] {
  const { decision, text, textMissing, templateId, templateVersion, writtenAtMs } = notification;
  const { story, language } = words;
  const { facts } = story;
  const time = writtenAtMs === null ? null : shownTime(language, writtenAtMs);
  const template = templateId === null ? null : shownTemplate(templateId, words).name;
  if (decision !== null) {
    return [
      {
        tone: 'bad',
        title: story.declined,
        time,
        about: decisionSentences[decision.reason][language],
        facts: known([
          [facts.rule, decision.reason],
          [facts.detail, decision.detail],
          [facts.template, template],
        ]),
      },
    ];
  }
  if (text === null && textMissing === null) return [];
  return [
    {
      tone: 'moving',
      title: story.rendered,
      time,
      about: null,
      facts: known([
        [facts.template, template],
        [facts.version, templateVersion],
        [facts.language, text === null ? null : languageName(language, text.locale)],
      ]),
    },
  ];
}

const tones: Readonly<Record<AttemptLine['kind'], Step['tone']>> = {
  started: 'moving',
  accepted: 'good',
  rejected: 'bad',
  throttled: 'doubtful',
  unavailable: 'doubtful',
  unknown: 'doubtful',
  misconfigured: 'bad',
  deadLettered: 'bad',
};

const secondMs = 1000;

function attemptStep(line: AttemptLine, { story, language }: Words): Step {
  const { facts } = story;
  const { kind, retryAfterMs } = line;
  const retry = retryAfterMs === null ? null : story.seconds(Math.ceil(retryAfterMs / secondMs));
  return {
    tone: tones[kind],
    title: story.kinds[kind],
    time: shownTime(language, line.happenedAtMs),
    about: line.reason,
    facts: known([
      [facts.attempt, line.attempt],
      [facts.code, line.code],
      [facts.providerId, line.providerId],
      [facts.retryAfter, retry],
    ]),
  };
}

function erasedSteps({ erasedAtMs }: NotificationStory, { story, language }: Words) {
  if (erasedAtMs === null) return [];
  const time = shownTime(language, erasedAtMs);
  return [{ tone: 'calm', title: story.erased, time, about: story.erasedText, facts: [] } as const];
}

/** All that happened to a notification, in its order. Pure. */
export const stepsOf = (story: NotificationStory, words: Words): readonly Step[] => [
  eventStep(story, words),
  ...joinedSteps(story, words),
  ...decidedSteps(story, words),
  ...story.attempts.map((line) => attemptStep(line, words)),
  ...erasedSteps(story, words),
];
