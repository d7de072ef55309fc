// Pictures of every page, for looking at: script/screens.
import base from './playwright.config';

export default {
  ...base,
  testDir: 'screens',
  outputDir: '../target/screens-results',
  timeout: 15 * 60_000,
  reporter: 'list',
  // A page that never comes alive is a finding, not a reason to wait for the end.
  use: { ...base.use, trace: 'off', actionTimeout: 30_000, navigationTimeout: 30_000 },
};
