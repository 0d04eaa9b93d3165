import { existsSync } from 'node:fs';
import carried from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * A real Chromium: the system's where there is one, else the one that a package carries inside, so
 * that nothing has to be installed first. `VESTNIK_BROWSER=carried` takes that one in any case.
 */
export async function openBrowser(): Promise<Browser> {
  const isCarried = process.env['VESTNIK_BROWSER'] === 'carried';
  const executablePath = isCarried ? undefined : systemPaths.find((path) => existsSync(path));
  return chromium.launch({
    executablePath: executablePath ?? (await carried.executablePath()),
    // The sandbox needs rights that containers rarely give, and it sees our pages only. Not the
    // flags that the package brings: one process ends with its first page, and without web security
    // there would be nothing to test.
    args: ['--no-sandbox', '--lang=en-US'],
  });
}
