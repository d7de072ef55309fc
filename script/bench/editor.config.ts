// The browser of the tests, with one worker: whatever else runs would be measured too.
import config from '../../end2end/playwright.config';

export default {
  ...config,
  testDir: '.',
  testMatch: '*.bench.ts',
  outputDir: '../../target/bench',
  timeout: 600_000,
  workers: 1,
  reporter: './table.ts',
  use: { ...config.use, trace: 'off' as const },
};
