import type { Language } from '../../../runtime/config.ts';
import { type AccessWords, accessWords } from './access.ts';
import { type AuditWords, auditWords } from './audit.ts';
import { type DashboardWords, dashboardWords } from './dashboard.ts';
import { type DeadLetterWords, deadLetterWords } from './dead-letters.ts';
import { type ErrorSentences, errorSentences } from './error-sentences.ts';
import { type HistoryWords, historyWords } from './history.ts';

import { type LogInWords, logInWords } from './log-in.ts';
import { type PeopleWords, peopleWords } from './people.ts';
import { type ProblemWords, problemWords } from './problems.ts';
import { type RedriveWords, redriveWords } from './redrives.ts';
import { type RequestWords, requestWords } from './requests.ts';
import { type SendingWords, sendingWords } from './sending.ts';
import { type ShellWords, shellWords } from './shell.ts';
import { type StateWords, stateWords } from './states.ts';
import { type StoryWords, storyWords } from './story.ts';
import { type SystemWords, systemWords } from './system.ts';
import { type TemplateEditorWords, templateEditorWords } from './template-editor.ts';
import { type TemplatePartWords, templatePartWords } from './template-parts.ts';
import { type TemplateWords, templateWords } from './templates.ts';

/** Everything that the panel says, in one language; a word that one language lacks is no type. */
export type Words = {
  readonly language: Language;
  readonly shell: ShellWords;
  readonly logIn: LogInWords;
  readonly problems: ProblemWords;
  readonly states: StateWords;
  readonly dashboard: DashboardWords;
  readonly history: HistoryWords;
  readonly story: StoryWords;
  readonly people: PeopleWords;
  readonly audit: AuditWords;
  readonly access: AccessWords;
  readonly deadLetters: DeadLetterWords;
  readonly redrives: RedriveWords;
  readonly errors: ErrorSentences;
  readonly requests: RequestWords;
  readonly sending: SendingWords;
  readonly system: SystemWords;
  readonly templates: TemplateWords;
  readonly templateEditor: TemplateEditorWords;
  readonly templateParts: TemplatePartWords;
};

const wordsIn = (language: Language): Words => ({
  language,
  shell: shellWords[language],
  logIn: logInWords[language],
  problems: problemWords[language],
  states: stateWords[language],
  dashboard: dashboardWords[language],
  history: historyWords[language],
  story: storyWords[language],
  people: peopleWords[language],
  audit: auditWords[language],
  access: accessWords[language],
  deadLetters: deadLetterWords[language],
  redrives: redriveWords[language],
  errors: errorSentences[language],
  requests: requestWords[language],
  sending: sendingWords[language],
  system: systemWords[language],
  templates: templateWords[language],
  templateEditor: templateEditorWords[language],
  templateParts: templatePartWords[language],
});

const dictionaries: Readonly<Record<Language, Words>> = { ru: wordsIn('ru'), en: wordsIn('en') };

/** The words of a language. */
export const wordsOf = (language: Language): Words => dictionaries[language];
