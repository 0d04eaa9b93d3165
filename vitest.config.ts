import { defineConfig } from 'vitest/config';

/** A broker on a busy machine may take this long to elect, restore or rebalance. */
const integrationTimeoutMs = 120_000;

const integration = {
  globalSetup: ['test/integration/global-setup.ts'],
  // All files of a run share one broker and go one after the other, so that none starves another.
  fileParallelism: false,
  testTimeout: integrationTimeoutMs,
  hookTimeout: integrationTimeoutMs,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/*.test.ts', 'test/unit/**/*.test.ts'],
          testTimeout: 30_000,
          // One process for all: to read the product anew for each of 200 files takes longer than
          // the tests do. A test leaves nothing behind in its modules, nor does the product.
          isolate: false,
        },
      },
      {
        test: {
          ...integration,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
        },
      },
      { test: { ...integration, name: 'own-broker', include: ['test/own-broker/**/*.test.ts'] } },
      { test: { ...integration, name: 'browser', include: ['test/browser/**/*.test.ts'] } },
    ],
  },
});
