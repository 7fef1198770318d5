import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    // Two stories at a time: each has a browser and a yard of its own, and waits for much of its time.
    maxWorkers: process.env.STORIES ? Number(process.env.STORIES) : 2,
  },
});
