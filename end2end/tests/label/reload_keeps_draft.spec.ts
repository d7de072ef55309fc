// Whatever happens to the page or the network, what was drawn is still there.
import type { Page } from '@playwright/test';
import { createProject, importFiles } from '../../support/project';
import { signUp } from '../../support/session';
import { drawBox, regions, showActualSize } from '../../support/surface';
import { expect, open, test } from '../../support/test';

const COINS = { width: 384, height: 303 };
const DRAFTS = '**/fn/app/annotate/api/save_draft';

test('a reload in the middle of the work keeps it, here and on the server', async ({ app, page }) => {
  await signUp(page, app, 'reload@example.com', 'Reloaders');
  const project = await createProject(page, app, 'Reloads', 'Object detection');
  await importFiles(page, ['images/coins.jpg', 'images/chelsea.jpg'], 2);
  await page.route(DRAFTS, (route) => route.abort());
  await begin(page, project);
  const refused = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/save_draft'));
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(regions(page)).toHaveCount(1);
  await refused;
  await page.reload();
  await expect(regions(page)).toHaveText([/Object/]);

  // Once it has reached the server, it does not depend on this browser.
  await page.unroute(DRAFTS);
  await expect(page.getByText('Draft saved')).toBeVisible();
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await expect(regions(page)).toHaveText([/Object/]);
});

test('work goes on without a network', async ({ app, page, context }) => {
  await signUp(page, app, 'offline@example.com', 'Travellers');
  const project = await createProject(page, app, 'On a train', 'Object detection');
  await importFiles(page, ['images/coins.jpg', 'images/chelsea.jpg'], 2);
  await begin(page, project);
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(page.getByText('Draft saved')).toBeVisible();
  await context.setOffline(true);
  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  await drawBox(page, COINS, [200, 151, 121, 90]);
  await expect(page.getByText('Kept in this browser', { exact: true })).toBeVisible();
  await expect(page.getByText('The server cannot be reached')).toBeVisible();
  await context.setOffline(false);
  await page.reload();
  await expect(regions(page)).toHaveText([/Object/, /Vehicle/]);
  await expect(page.getByText('Draft saved')).toBeVisible();
});

/** Opens the first picture, with a label in hand. */
async function begin(page: Page, project: string): Promise<void> {
  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('4');
}
