// Walks through the demo workspace as each of its people, and through an empty organization as somebody new, and pictures
// every page it finds: light and dark, wide and narrow.
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from '@playwright/test';
import type { App } from '../support/app';
import { DEMO, PASSWORD, signIn, signUp } from '../support/session';
import { expect, hydrated, test } from '../support/test';

const OUTPUT = path.resolve(import.meta.dirname ?? __dirname, '../../target/screens');
const WIDTHS = { 1440: 900, 390: 844 };
/** Pages that no link leads to. */
const START = ['/', '/dev/outbox', '/dev/gallery', '/no-such-page'];
const ANONYMOUS = ['/login', '/signup', '/forgot', '/check-mail', '/verify?token=expired', '/invite/expired', ...START];
/** A site that grows links without end stops here. */
const PAGES_MAX = 80;

for (const [person, email] of Object.entries({ nobody: undefined, ...DEMO })) {
  test(person, async ({ demoApp, browser }) => {
    const enter = async (page: Page) => {
      if (email) await signIn(page, demoApp, email);
    };
    await picture(browser, demoApp, person, enter, email ? START : ANONYMOUS);
  });
}

test('newcomer', async ({ app, browser }) => {
  const context = await browser.newContext();
  await signUp(await context.newPage(), app, 'newcomer@example.test', 'Empty organization');
  await context.close();
  const enter = (page: Page) => signIn(page, app, 'newcomer@example.test', PASSWORD);
  await picture(browser, app, 'newcomer', enter, START);
});

/** Every page that is found from these on, into the folder of this person. */
async function picture(browser: Browser, app: App, person: string, enter: (page: Page) => Promise<void>, start: string[]): Promise<void> {
  const folder = path.join(OUTPUT, person);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const addresses = await discover(browser, app, enter, start);
  for (const theme of ['light', 'dark'] as const) {
    for (const [width, height] of Object.entries(WIDTHS)) {
      const context = await browser.newContext({ colorScheme: theme, viewport: { width: Number(width), height } });
      const page = await context.newPage();
      await enter(page);
      for (const address of addresses) {
        await visit(page, app, address);
        const name = pattern(address).replace(/[^a-z0-9{}]+/gi, '-').replace(/^-|-$/g, '') || 'home';
        await shoot(page, path.join(folder, `${name}--${theme}-${width}.png`));
      }
      await context.close();
    }
  }
}

/** The whole page, which must not be wider than the window. */
async function shoot(page: Page, file: string): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(overflow, `${file}: wider than the window`).toBeLessThanOrEqual(0);
  await page.screenshot({ path: file, fullPage: true, animations: 'disabled' });
}

/** One address for every pattern of addresses that links lead to. */
async function discover(browser: Browser, app: App, enter: (page: Page) => Promise<void>, start: string[]): Promise<string[]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await enter(page);
  const found = new Map(start.map((address) => [pattern(address), address]));
  const waiting = [...found.values()];
  for (let address = waiting.shift(); address && found.size < PAGES_MAX; address = waiting.shift()) {
    await visit(page, app, address);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
    for (const link of links.map((href) => new URL(href))) {
      const next = link.pathname;
      if (link.origin !== app.url || /\.\w+$/.test(next) || next.startsWith('/fn/') || found.has(pattern(next))) continue;
      found.set(pattern(next), next);
      waiting.push(next);
    }
  }
  await context.close();
  return [...found.values()];
}

async function visit(page: Page, app: App, address: string): Promise<void> {
  const answer = await page.goto(app.url + address);
  const isBroken = (answer?.status() ?? 500) >= 500;
  expect.soft(isBroken, `${address} answers ${answer?.status()}`).toBe(false);
  if (isBroken) return;
  await hydrated(page);
  await page.evaluate(() => document.fonts.ready);
}

/** Projects look alike, but what is labeled in them does not. */
function pattern(address: string): string {
  if (/^\/projects\/\d+(\/label)?$/.test(address)) return address;
  return address.replace(/\/\d+(?=\/|$)/g, '/{id}');
}
