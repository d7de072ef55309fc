// From nothing to COCO: sign up, make a project from a template, bring pictures, draw boxes, take the file out.
import { createProject, exportJson, importFiles } from '../../support/project';
import { signUp } from '../../support/session';
import { drawBox, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const COINS = { width: 384, height: 303 };
const CHELSEA = { width: 451, height: 300 };

test('a client draws boxes and takes them out as COCO, to the pixel', async ({ app, page }) => {
  await signUp(page, app, 'boxes@example.com', 'Numismatics');
  const project = await createProject(page, app, 'Coins and a cat', 'Object detection');
  await importFiles(page, ['images/coins.jpg', 'images/chelsea.jpg'], 2);

  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('4');
  const coin = await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(regions(page)).toHaveCount(1);
  // With nothing selected the key is for the next box, not for the last one.
  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  const vehicle = await drawBox(page, COINS, [200, 151, 121, 90]);
  await expect(regions(page)).toHaveText([/Object/, /Vehicle/]);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByText('Submitted.')).toBeVisible();

  await expect(page.getByText('Task 2')).toBeVisible();
  await showActualSize(page);
  await page.keyboard.press('3');
  const cat = await drawBox(page, CHELSEA, [100, 30, 250, 260]);
  await expect(regions(page)).toHaveText([/Animal/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  await expectAccessible(page);

  const coco = await exportJson(page, project, 'COCO');
  expect(coco.images.map(({ id, width, height }: any) => ({ id, width, height }))).toEqual([
    { id: 0, ...COINS },
    { id: 1, ...CHELSEA },
  ]);
  expect(coco.images.map((image: any) => image.file_name)).toEqual([
    expect.stringMatching(/coins\.jpg$/),
    expect.stringMatching(/chelsea\.jpg$/),
  ]);
  expect(coco.categories).toEqual([
    { id: 0, name: 'Animal' },
    { id: 1, name: 'Object' },
    { id: 2, name: 'Person' },
    { id: 3, name: 'Vehicle' },
  ]);
  const area = ([, , width, height]: number[]) => width! * height!;
  const shape = { segmentation: [], ignore: 0, iscrowd: 0 };
  expect(coco.annotations).toEqual([
    { id: 0, image_id: 0, category_id: 1, bbox: coin, area: area(coin), ...shape },
    { id: 1, image_id: 0, category_id: 3, bbox: vehicle, area: area(vehicle), ...shape },
    { id: 2, image_id: 1, category_id: 0, bbox: cat, area: area(cat), ...shape },
  ]);
});
