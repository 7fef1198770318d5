import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A story at a time: each has a browser and a yard of its own.
    fileParallelism: false,
    bail: 1,
  },
});
