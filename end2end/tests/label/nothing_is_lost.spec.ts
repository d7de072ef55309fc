// Sessions end, answers get lost, servers go away: the work is handed in once, and only once.
import type { Page } from '@playwright/test';
import type { App } from '../../support/app';
import { createProject, exportJson, importFiles } from '../../support/project';
import { PASSWORD, newOwner } from '../../support/session';
import { drawBox, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const COINS = { width: 384, height: 303 };
const SUBMIT = '**/fn/app/annotate/api/submit';
const DESK = '**/fn/app/annotate/api/open_desk*';

test('work handed in after the session has ended waits for the next sign-in', async ({ app, page, context }) => {
  const email = await newOwner(page, app, 'Latecomers');
  const project = await begin(page, app);
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(page.getByText('Draft saved')).toBeVisible();
  await context.clearCookies();
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByText('Your session has ended')).toBeVisible();
  await expectAccessible(page);

  const tab = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Sign in again' }).click();
  const login = await tab;
  await login.getByLabel('E-mail').fill(email);
  await login.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await login.getByRole('button', { name: 'Sign in' }).click();
  await expect(login.getByText('You are signed in')).toBeVisible();
  // The first tab has noticed by itself, handed in and gone on.
  await expect(page.getByText('Your work has been handed in.')).toBeVisible();
  await expect(page.getByText('Task 2')).toBeVisible();
  await expect(page.getByText('Your session has ended')).toBeHidden();
  expect(await annotations(page, project)).toEqual([1, 0]);
});

test('the same after the page was closed: it is sent when the person is back', async ({ app, page, context }) => {
  const email = await newOwner(page, app, 'Leavers');
  const project = await begin(page, app);
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(page.getByText('Draft saved')).toBeVisible();
  await context.clearCookies();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Your session has ended')).toBeVisible();

  await page.goto(`${project}/label`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Your earlier work has been handed in.')).toBeVisible();
  await expect(page.getByText('Task 2')).toBeVisible();
  expect(await annotations(page, project)).toEqual([1, 0]);
});

test('two clicks and a lost answer make one annotation', async ({ app, page }) => {
  await newOwner(page, app, 'Twins');
  const project = await begin(page, app);
  await drawBox(page, COINS, [24, 20, 56, 58]);
  // The server has it, and nobody learns of it.
  await page.route(SUBMIT, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByText('The server could not be reached')).toBeVisible();
  await page.unroute(SUBMIT);
  await page.getByRole('button', { name: 'Submit' }).dblclick();
  await expect(page.getByText('Submitted.')).toBeVisible();
  await expect(page.getByText('Task 2')).toBeVisible();
  expect(await annotations(page, project)).toEqual([1, 0]);
});

test('until the next task is there, nothing can be drawn that would go with the last one', async ({ app, page }) => {
  await newOwner(page, app, 'Hasty');
  const project = await begin(page, app);
  await drawBox(page, COINS, [24, 20, 56, 58]);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(DESK, (route) => held.then(() => route.continue()));
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByText('Submitted.')).toBeVisible();
  // What was handed in is still on the page, and neither pointer nor keys change it.
  const rows = page.locator('[inert] [aria-label="Regions"] [role=listitem], [inert] [aria-label="Regions"] li');
  await expect(rows).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect(rows).toHaveCount(1);
  release();
  await expect(page.getByText('Task 2')).toBeVisible();
  await showActualSize(page);
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(regions(page)).toHaveCount(1);
  expect(await annotations(page, project)).toEqual([1, 0]);
});

test('a server that goes away takes nothing with it', async ({ app, page }) => {
  await newOwner(page, app, 'Survivors');
  const project = await begin(page, app);
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(page.getByText('Draft saved')).toBeVisible();
  await app.crash();
  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  await drawBox(page, COINS, [200, 151, 121, 90]);
  await expect(page.getByText('The server cannot be reached')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByText('nothing was lost')).toBeVisible();
  await expect(regions(page)).toHaveText([/Object/, /Vehicle/]);

  // Asked for by hand while there is still nobody: it stays said.
  const asked = page.waitForEvent('requestfailed', (request) => request.url().includes('save_draft'));
  await page.getByRole('button', { name: 'Try now' }).click();
  await asked;
  await expect(page.getByText('The server cannot be reached')).toBeVisible();

  await app.restart();
  // Or by the browser that finds its network again, sooner than the next try.
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  await expect(page.getByText('Draft saved')).toBeVisible();
  await expect(page.getByText('The server cannot be reached')).toBeHidden();
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByText('Task 2')).toBeVisible();
  const [first] = await exportJson(page, project, 'JSON');
  expect(first.annotations[0].result).toHaveLength(2);
});

/** Two pictures, the first one open, with a label in hand. */
async function begin(page: Page, app: App): Promise<string> {
  const project = await createProject(page, app, 'Coins', 'Object detection');
  await importFiles(page, ['images/coins.jpg', 'images/chelsea.jpg'], 2);
  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('4');
  return project;
}

/** How many annotations each task has. */
async function annotations(page: Page, project: string): Promise<number[]> {
  const tasks = await exportJson(page, project, 'JSON');
  const count = (number: number) => tasks.find((task: any) => task.inner_id === number)?.annotations.length ?? 0;
  return [count(1), count(2)];
}
