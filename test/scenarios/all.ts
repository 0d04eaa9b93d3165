import { announcementScenarios } from './announcements.ts';
import { fanOutScenarios } from './fan-out.ts';
import { laterReleaseScenarios } from './later-release.ts';
import { listedPeopleScenarios } from './listed-people.ts';
import { missingAndBrokenScenarios } from './missing-and-broken.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario; the driver and a real broker run the same list. */
export const scenarios: readonly Scenario[] = [
  ...fanOutScenarios,
  ...laterReleaseScenarios,
  ...listedPeopleScenarios,
  ...missingAndBrokenScenarios,
  ...announcementScenarios,
];
