import { logIn } from './log-in.ts';
import { optOut } from './opt-out-step.ts';
import { sendBack } from './redrive-step.ts';
import { announce, openOneStory, sendToThree, watchItArrive } from './send-steps.ts';
import type { Step } from './story.ts';
import { previewTemplate, publishTemplate, writeTemplate } from './template-steps.ts';

/** The way of an administrator, in its order: each step goes on where the one before ended. */
export const steps: readonly Step[] = [
  logIn,
  writeTemplate,
  previewTemplate,
  publishTemplate,
  sendToThree,
  watchItArrive,
  openOneStory,
  announce,
  sendBack,
  optOut,
];
