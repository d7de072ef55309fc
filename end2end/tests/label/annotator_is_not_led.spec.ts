// A model's regions are shown one by one, as the annotator draws; what was drawn is stacked, copied and pasted in the next task.
import { boxResult, createProject, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { drawBox, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, hydrated, open, test } from '../../support/test';

const CAT = { width: 451, height: 300 };
const nose = boxResult('nose', 'Animal', [30, 40, 20, 20]);
const ear = boxResult('ear', 'Object', [70, 10, 20, 20]);

test('proposals are shown one by one, and regions are copied into the next task', async ({ app, page }) => {
  await newOwner(page, app, 'Unled');
  const project = await createProject(page, app, 'Noses', 'Object detection');
  await open(page, `${project}/settings`);
  await page.getByRole('checkbox', { name: 'Their regions are shown one by one' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: false }).first()).toBeVisible();
  await open(page, `${project}/import`);
  await importTasks(page, [
    { data: { image: '/demo/chelsea.jpg' }, predictions: [{ model_version: 'noses', result: [ear, nose] }] },
    { data: { image: '/demo/chelsea.jpg' } },
  ]);

  await open(page, `${project}/label`);
  await showActualSize(page);
  const panel = page.getByRole('complementary', { name: 'Regions' });
  await expect(panel).toContainText('A model proposes 2 more.');
  await expect(regions(page)).toHaveCount(0);
  // What overlaps the drawing comes first, wherever it stands in the proposal.
  await page.keyboard.press('1');
  await drawBox(page, CAT, [120, 110, 120, 80]);
  await expect(regions(page)).toHaveCount(2);
  await expect(regions(page).nth(1)).toContainText('Animal');
  await expect(panel).toContainText('A model proposes one more.');
  await expectAccessible(page);
  // What is drawn covers what was shown; the smaller one lies in front until people say otherwise.
  await page.getByRole('button', { name: 'Bring to the front' }).click();
  await page.reload();
  await hydrated(page);
  await expect(regions(page)).toHaveCount(2);
  await expect(panel).toContainText('A model proposes one more.');
  await panel.getByRole('button', { name: 'Show the next' }).click();
  await expect(regions(page)).toHaveCount(3);
  await expect(panel.getByRole('button', { name: 'Show the next' })).toHaveCount(0);
  await regions(page).first().click();
  await picture(page).focus();
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Task 2', { exact: true })).toBeVisible();

  await expect(regions(page)).toHaveCount(0);
  await picture(page).focus();
  await page.keyboard.press('Control+v');
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [first, second] = await exportJson(page, project, 'JSON');
  const told = first.annotations[0].result.map(({ id, origin, meta }: any) => [id, origin, meta?.z_order]);
  const drawn = first.annotations[0].result.find(({ id }: any) => id !== 'nose' && id !== 'ear');
  expect(told).toEqual(expect.arrayContaining([[drawn.id, 'manual', 1], ['nose', 'prediction', undefined], ['ear', 'prediction', undefined]]));
  expect(told).toHaveLength(3);
  const [pasted] = second.annotations[0].result;
  expect(pasted.id).not.toBe(drawn.id);
  for (const side of ['x', 'y', 'width', 'height']) expect(pasted.value[side]).toBeCloseTo(drawn.value[side], 6);
});
