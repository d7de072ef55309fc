// Work is kept as what was done: closed, killed, open twice, it comes back with all that can be undone.
import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { App } from '../../support/app';
import { createProject, importFiles } from '../../support/project';
import { PASSWORD, newOwner, signIn } from '../../support/session';
import { drawBox, regions, showActualSize } from '../../support/surface';
import { expect, hydrated, open, test } from '../../support/test';

const COINS = { width: 384, height: 303 };
const DRAFTS = '**/fn/app/annotate/api/save_draft';
const KILLS = 50;

test('what was done before a reload is undone after it', async ({ app, page }) => {
  await newOwner(page, app, 'Undoers');
  await begin(page, app, 'Undone');
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  await drawBox(page, COINS, [200, 151, 121, 90]);
  await page.keyboard.press('Delete');
  await expect(regions(page)).toHaveText([/Object/]);
  await page.keyboard.press('Control+z');
  await expect(regions(page)).toHaveText([/Object/, /Vehicle/]);
  await page.reload();
  await hydrated(page);
  await expect(regions(page)).toHaveText([/Object/, /Vehicle/]);
  await page.keyboard.press('Control+Shift+z');
  await expect(regions(page)).toHaveText([/Object/]);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(regions(page)).toHaveText([/Object/]);
  await page.keyboard.press('Control+z');
  await expect(regions(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled();
  await expect(page.getByText('Draft saved')).toBeVisible();
});

test('a tab that is killed again and again loses nothing', async ({ app, page: first, context }) => {
  test.setTimeout(480_000);
  await newOwner(first, app, 'Survivors');
  const project = await begin(first, app, 'Killed');
  // The server gets nothing: what comes back comes from this browser.
  await context.route(DRAFTS, (route) => route.abort());
  let page = first;
  let made = 0;
  // The same course each time, so that a failure can be looked into.
  const chance = numbers(20);
  for (let kill = 0; kill < KILLS; kill += 1) {
    for (let actions = 1 + chance(3); actions > 0; actions -= 1) {
      // No more than the list shows at once.
      const undoes = made > 12 || (made > 2 && chance(4) === 0);
      if (undoes) await page.keyboard.press('Control+z');
      else {
        await page.keyboard.press('Escape');
        await page.keyboard.press('r');
        await page.keyboard.press(String(1 + chance(3)));
        await drawBox(page, COINS, [10 + chance(200), 10 + chance(150), 30 + chance(100), 30 + chance(100)]);
      }
      made += undoes ? -1 : 1;
      await expect(regions(page)).toHaveCount(made);
    }
    const shown = await regions(page).allTextContents();
    await die(page, context);
    page = await context.newPage();
    await open(page, `${project}/label`);
    await expect(regions(page)).toHaveText(shown);
    await showActualSize(page);
  }
  await page.close();
});

test('two tabs with one task take turns', async ({ app, page, context }) => {
  await newOwner(page, app, 'Tab people');
  const project = await begin(page, app, 'Twice');
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(regions(page)).toHaveCount(1);
  const other = await context.newPage();
  await open(other, `${project}/label`);
  await expect(regions(other)).toHaveText([/Object/]);
  await expect(page.getByText('You went on in another tab')).toBeVisible();
  await page.keyboard.press('Control+z');
  await showActualSize(other);
  await other.keyboard.press('r');
  await other.keyboard.press('2');
  await drawBox(other, COINS, [200, 151, 121, 90]);
  await expect(regions(other)).toHaveText([/Object/, /Vehicle/]);
  await expect(regions(page)).toHaveText([/Object/]);

  await page.getByRole('button', { name: 'Work here instead' }).click();
  await expect(regions(page)).toHaveText([/Object/, /Vehicle/]);
  await expect(page.getByText('You went on in another tab')).toBeHidden();
  await expect(other.getByText('You went on in another tab')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(regions(page)).toHaveText([/Object/]);
  await expect(page.getByText('Draft saved')).toBeVisible();
});

test('two browsers with one task ask which version goes on', async ({ app, page, browser }) => {
  const email = await newOwner(page, app, 'Two desks');
  const project = await begin(page, app, 'Both');
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(page.getByText('Draft saved')).toBeVisible();
  const other = await elsewhere(browser, app, email);
  await open(other, `${project}/label`);
  await expect(regions(other)).toHaveText([/Object/]);
  await drawMore(other, '2', [200, 151, 121, 90]);
  await expect(other.getByText('Draft saved')).toBeVisible();

  await drawMore(page, '3', [100, 200, 60, 60]);
  await expect(page.getByText('There are two versions of your work')).toBeVisible();
  await page.getByRole('button', { name: 'Use the other' }).click();
  await expect(regions(page)).toHaveText([/Object/, /Vehicle/]);
  await drawMore(page, '3', [100, 200, 60, 60]);
  await expect(page.getByText('Draft saved')).toBeVisible();

  await drawMore(other, '1', [10, 200, 40, 40]);
  await expect(other.getByText('There are two versions of your work')).toBeVisible();
  // Undecided, it is asked again.
  await other.reload();
  await hydrated(other);
  await expect(regions(other)).toHaveCount(3);
  await other.getByRole('button', { name: 'Keep this version' }).click();
  await expect(other.getByText('Draft saved')).toBeVisible();
  const kept = await regions(other).allTextContents();
  await page.reload();
  await hydrated(page);
  await expect(regions(page)).toHaveText(kept);
  await other.context().close();
});

/** A new project's first picture, with a label in hand. */
async function begin(page: Page, app: App, title: string): Promise<string> {
  const project = await createProject(page, app, title, 'Object detection');
  await importFiles(page, ['images/coins.jpg', 'images/chelsea.jpg'], 2);
  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('4');
  return project;
}

async function drawMore(page: Page, label: string, box: [number, number, number, number]): Promise<void> {
  await showActualSize(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.keyboard.press(label);
  await drawBox(page, COINS, box);
}

/** The same person at another computer. */
async function elsewhere(browser: Browser, app: App, email: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, app, email, PASSWORD);
  return page;
}

/** Ends the process behind a page, as a crash does: nothing of the page gets to say farewell. */
async function die(page: Page, context: BrowserContext): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  // Whoever dies does not answer.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}

/** Numbers below a bound, the same ones each time (Lehmer 1951, with the multiplier of Park and Miller). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
