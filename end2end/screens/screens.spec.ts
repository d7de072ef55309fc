// Walks through the demo workspace as each of its people and pictures every page it finds: light and dark, wide and narrow.
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from '@playwright/test';
import type { App } from '../support/app';
import { DEMO, signIn } from '../support/session';
import { hydrated, test } from '../support/test';

const OUTPUT = path.resolve(import.meta.dirname ?? __dirname, '../../target/screens');
const WIDTHS = { 1440: 900, 390: 844 };
/** Pages that no link leads to. */
const START = ['/', '/dev/outbox', '/dev/gallery', '/no-such-page'];
const ANONYMOUS = ['/login', '/signup', '/forgot', '/check-mail', '/verify?token=expired', '/invite/expired', ...START];
/** A site that grows links without end stops here. */
const PAGES_MAX = 80;

for (const [person, email] of Object.entries({ nobody: undefined, ...DEMO })) {
  test(person, async ({ demoApp, browser }) => {
    const folder = path.join(OUTPUT, person);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    const addresses = await discover(browser, demoApp, email);
    for (const theme of ['light', 'dark'] as const) {
      for (const [width, height] of Object.entries(WIDTHS)) {
        const context = await browser.newContext({ colorScheme: theme, viewport: { width: Number(width), height } });
        const page = await context.newPage();
        if (email) await signIn(page, demoApp, email);
        for (const address of addresses) {
          await visit(page, demoApp, address);
          const name = pattern(address).replace(/[^a-z0-9{}]+/gi, '-').replace(/^-|-$/g, '') || 'home';
          await page.screenshot({ path: path.join(folder, `${name}--${theme}-${width}.png`), fullPage: true, animations: 'disabled' });
        }
        await context.close();
      }
    }
  });
}

/** One address for every pattern of addresses that links lead to. */
async function discover(browser: Browser, app: App, email?: string): Promise<string[]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (email) await signIn(page, app, email);
  const found = new Map((email ? START : ANONYMOUS).map((address) => [pattern(address), address]));
  const waiting = [...found.values()];
  for (let address = waiting.shift(); address && found.size < PAGES_MAX; address = waiting.shift()) {
    await visit(page, app, address);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
    for (const link of links.map((href) => new URL(href))) {
      const next = link.pathname;
      if (link.origin !== app.url || /\.\w+$/.test(next) || next.startsWith('/api/') || found.has(pattern(next))) continue;
      found.set(pattern(next), next);
      waiting.push(next);
    }
  }
  await context.close();
  return [...found.values()];
}

async function visit(page: Page, app: App, address: string): Promise<void> {
  await page.goto(app.url + address);
  await hydrated(page);
  await page.evaluate(() => document.fonts.ready);
}

function pattern(address: string): string {
  return address.replace(/\/\d+(?=\/|$)/g, '/{id}');
}
