import { expect, test } from 'vitest';
import { installHint, javaMajor } from '../../../../dev/infra/prerequisites.ts';

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_392"', 8],
  ['openjdk version "25" 2025-09-16', 25],
  ['openjdk version "21-ea" 2023-09-19', 21],
  ['bash: java: command not found', undefined],
  ['', undefined],
])('the main version of Java in: %s', (output, major) => {
  expect(javaMajor(output)).toBe(major);
});

test('the hint is a command with a package manager and a package', () => {
  expect(installHint('maven')).toMatch(/^(sudo )?(apt-get|dnf|brew) install maven$/);
});
