import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { steps } from './administrator/steps.ts';
import { openStory, type Story } from './administrator/story.ts';
import { openBrowser } from './open-browser.ts';
import { openStartedSystem, type StartedSystem } from './started-system.ts';

let system: StartedSystem;
let browser: Browser;
let story: Story;

/** Headings of the steps that are behind us: each one needs all before it. */
const done: string[] = [];

beforeAll(async () => {
  system = await openStartedSystem();
  browser = await openBrowser();
  story = await openStory(browser, system);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

test.each(steps.map((step, index) => [step.heading.en, step, index] as const))(
  'an administrator’s way: %s',
  async (heading, step, index) => {
    expect(done).toEqual(steps.slice(0, index).map((each) => each.heading.en));
    const before = story.shown.length;
    await step.go(story);
    expect(story.shown.slice(before)).toEqual(step.pictures);
    done.push(heading);
  },
);

test('nothing is wrong with any page on the way', () => {
  expect(done).toHaveLength(steps.length);
  expect(story.findings).toEqual([]);
});
