// `test` with a server: `app` is shared by the tests of a worker, `demoApp` is one with the demo workspace.
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { App } from './app';

export { expect };

interface Servers {
  app: App;
  demoApp: App;
}

/** Not ours: answers a test provokes, and the test tools knocking at frames that run nothing, before and after they are filled. */
const EXPECTED = [
  'Failed to load resource',
  'Access to image at',
  // What another server has sent, wanted once more for the trace of a test.
  "Connecting to 'http://127.0.0.1:",
  "Blocked script execution in 'about:srcdoc'",
  "Blocked script execution in 'about:blank'",
];

export const test = base.extend<{ page: Page }, Servers>({
  app: [
    async ({}, use) => {
      const app = await App.start();
      await use(app);
      await app.stop();
    },
    { scope: 'worker' },
  ],
  demoApp: [
    async ({}, use) => {
      const app = await App.start({ demo: true });
      await use(app);
      await app.stop();
    },
    { scope: 'worker' },
  ],
  // What the browser complains about is a failure too: a panic in WebAssembly, a blocked script, a hydration mismatch.
  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.some((start) => message.text().startsWith(start))) complaints.push(message.text());
    });
    await use(page);
    expect(complaints, 'the browser console').toEqual([]);
  },
});

/** Opens a page and waits until it is alive: before hydration, typing and clicks go nowhere. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
}

/** Waits until the WebAssembly has taken over the page that the server rendered. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/**
 * Nothing on this page keeps people with assistive technology out (WCAG 2.2 AA, serious and critical findings). The
 * journey goes on after a finding, so that one run tells all of them.
 */
export async function expectAccessible(page: Page): Promise<void> {
  // Nothing runs in a frame without scripts, not even axe.
  const { violations } = await new AxeBuilder({ page }).exclude('iframe[sandbox]').withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const summary = serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect.soft(summary, page.url()).toEqual([]);
}
