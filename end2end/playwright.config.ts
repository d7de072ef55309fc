// Browser tests: a dozen journeys through the built application, each file on a server and a database of its own.
import { execFileSync } from 'node:child_process';
import { defineConfig } from '@playwright/test';

const root = new URL('..', import.meta.url).pathname;
// The same search as script/bootstrap's; never a browser that Playwright downloads by itself.
const chromium = execFileSync('bash', ['-c', '. script/lib/common.sh; chromium_path'], { cwd: root, encoding: 'utf8' }).trim();

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // Servers are per worker; two keep two processors busy.
  workers: 2,
  fullyParallel: false,
  forbidOnly: !!process.env.CI,
  retries: 0,
  // Dots tell what failed, and why, at the end.
  reporter: process.env.CI ? 'dot' : 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
