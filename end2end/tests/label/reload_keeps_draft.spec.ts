// Whatever happens to the page or the network, what was drawn is still there.
import type { Page } from '@playwright/test';
import { boxResult, createProject, exportJson, importFiles, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { clickAt, drawBox, regions, showActualSize } from '../../support/surface';
import { expect, hydrated, open, test } from '../../support/test';

const COINS = { width: 384, height: 303 };
const DRAFTS = '**/fn/app/annotate/api/save_draft';

test('a reload in the middle of the work keeps it, here and on the server', async ({ app, page }) => {
  await newOwner(page, app, 'Reloaders');
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

test('an outline that is half drawn is gone on with after a reload', async ({ app, page }) => {
  await newOwner(page, app, 'Tracers');
  const project = await createProject(page, app, 'Outlines', 'Segmentation with polygons');
  await importFiles(page, ['images/coins.jpg'], 1);
  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('1');
  const corners = [[24, 20], [80, 20], [80, 78], [24, 78]] as const;
  const drawn = [];
  for (const corner of corners.slice(0, 3)) drawn.push(await clickAt(page, COINS, corner));
  await page.reload();
  await hydrated(page);
  await expect(regions(page)).toHaveCount(0);
  await showActualSize(page);
  drawn.push(await clickAt(page, COINS, corners[3]));
  await page.keyboard.press('Enter');
  await expect(regions(page)).toHaveText([/Coin/]);

  // What is finished is not begun once more by another reload.
  await page.reload();
  await hydrated(page);
  await expect(regions(page)).toHaveText([/Coin/]);
  await showActualSize(page);
  await page.keyboard.press('2');
  for (const corner of [[200, 150], [260, 150], [230, 200]] as const) await clickAt(page, COINS, corner);
  await page.keyboard.press('Enter');
  await expect(regions(page)).toHaveText([/Coin/, /Damaged coin/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [task] = await exportJson(page, project, 'JSON');
  expect(task.annotations[0].result).toHaveLength(2);
  const [outline] = task.annotations[0].result;
  expect(outline.value.polygonlabels).toEqual(['Coin']);
  const pixels = outline.value.points.map(([x, y]: [number, number]) => [(x * COINS.width) / 100, (y * COINS.height) / 100]);
  expect(pixels).toHaveLength(4);
  pixels.forEach((pixel: [number, number], at: number) => {
    expect(pixel[0]).toBeCloseTo(drawn[at][0], 6);
    expect(pixel[1]).toBeCloseTo(drawn[at][1], 6);
  });
});

test('a region that does not say how large its picture is stays deleted, and can be brought back', async ({ app, page }) => {
  await newOwner(page, app, 'Forgetters');
  const project = await createProject(page, app, 'Sizeless', 'Object detection');
  const { original_width, original_height, ...sizeless } = boxResult('cat', 'Animal', [20, 20, 40, 50]);
  await importTasks(page, [{ data: { image: '/demo/chelsea.jpg' }, predictions: [{ model_version: 'm', result: [sizeless] }] }]);
  await open(page, `${project}/label`);
  await regions(page).first().getByRole('button').first().click();
  await page.keyboard.press('Delete');
  await expect(regions(page)).toHaveCount(0);
  await expect(page.getByText('Draft saved')).toBeVisible();
  // The new page knows what was done before it knows its picture.
  let show = () => {};
  const shown = new Promise<void>((resolve) => (show = resolve));
  await page.route('**/demo/chelsea.jpg*', (route) => shown.then(() => route.continue()));
  await page.reload({ waitUntil: 'domcontentloaded' });
  await hydrated(page);
  await expect(page.getByText('Draft saved')).toBeVisible();
  show();
  await expect(page.getByTitle('Actual size (Shift 0)')).toHaveText(/%/);
  await expect(regions(page)).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(regions(page)).toHaveText([/Animal/]);
});

test('work goes on without a network', async ({ app, page, context }) => {
  await newOwner(page, app, 'Travellers');
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
