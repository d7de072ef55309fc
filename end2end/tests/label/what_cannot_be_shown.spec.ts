// Objects that are broken, refused, empty or far too large: each says why in its place, and the rest of the task can be done.
import type { Page } from '@playwright/test';
import { Elsewhere, grayPng } from '../../support/elsewhere';
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { clickAt, drawBox, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const PNG = { type: 'image/png', body: grayPng(200, 100) };
const SIZE = { width: 200, height: 100 };

async function allowMedia(page: Page, project: string): Promise<void> {
  await open(page, `${project}/settings`);
  await page.getByRole('checkbox', { name: /Load media and trees of other servers/ }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: false }).first()).toBeVisible();
}

test('what cannot be shown says why, and the question below it is answered', async ({ app, page }) => {
  const elsewhere = await Elsewhere.start({
    '/page.png': { type: 'text/html', body: Buffer.from('<h1>Please sign in</h1>') },
    '/empty.wav': { type: 'audio/wav', body: Buffer.alloc(0) },
    '/empty.png': { type: 'image/png', body: Buffer.alloc(0) },
    '/noise.wav': { type: 'audio/wav', body: Buffer.from('this is no sound') },
    '/broken.png': { type: 'image/png', body: Buffer.from(PNG.body).fill(0, 16, 24) },
    '/words.pdf': { type: 'application/pdf', body: Buffer.from('no document either') },
    '/film.mp4': { type: 'video/mp4', body: Buffer.from('no film') },
  });
  await newOwner(page, app, 'Troubles');
  const objects = ['gone', 'far', 'page', 'empty', 'broken'].map((name) => `<Image name="${name}" value="$${name}"/>`).join('');
  const project = await createProjectWith(
    page,
    app,
    'Troubles',
    `<View>${objects}<Audio name="silent" value="$silent"/><Audio name="noise" value="$noise"/><Video name="film" value="$film"/>
      <Pdf name="words" value="$words"/><Text name="text" value="$text"/>
      <Choices name="verdict" toName="text"><Choice value="Fine"/><Choice value="Broken"/></Choices></View>`,
  );
  await allowMedia(page, project);
  await open(page, `${project}/import`);
  await importTasks(page, [
    {
      gone: '/demo/nobody.jpg',
      far: `${elsewhere.url}/gone.png`,
      page: `${elsewhere.url}/page.png`,
      empty: `${elsewhere.url}/empty.png`,
      broken: `${elsewhere.url}/broken.png`,
      silent: `${elsewhere.url}/empty.wav`,
      noise: `${elsewhere.url}/noise.wav`,
      film: `${elsewhere.url}/film.mp4`,
      words: `${elsewhere.url}/words.pdf`,
      text: '',
    },
  ]);
  await open(page, `${project}/label`);
  const said = (sentence: RegExp) => page.getByRole('alert').filter({ hasText: sentence });
  for (const sentence of [
    /404.*nobody\.jpg/s,
    /404.*gone\.png/s,
    /not an image.*page\.png/s,
    /0 bytes.*empty\.png/s,
    /.+broken\.png/s,
    /0 bytes.*empty\.wav/s,
    /not a sound.*noise\.wav/s,
    /neither an MP4 nor a WebM.*film\.mp4/s,
    /not a PDF.*words\.pdf/s,
    /has no text/,
  ]) {
    await expect(said(sentence), String(sentence)).toHaveCount(1);
  }
  await expectAccessible(page);
  await page.getByRole('radio', { name: 'Broken' }).check();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [task] = await exportJson(page, project, 'JSON');
  expect(task.annotations[0].result.map(({ value }: any) => value)).toEqual([{ choices: ['Broken'] }]);
  await elsewhere.stop();
});

test('a picture whose server refuses other pages comes through this one where the project allows it', async ({ app, page }) => {
  const elsewhere = await Elsewhere.start({
    '/mine.png': { ...PNG, headers: { 'cross-origin-resource-policy': 'same-origin' } },
  });
  await newOwner(page, app, 'Refused');
  const project = await createProjectWith(
    page,
    app,
    'Refused',
    `<View><Image name="image" value="$image"/><RectangleLabels name="box" toName="image"><Label value="Half"/></RectangleLabels></View>`,
  );
  await importTasks(page, [{ image: `${elsewhere.url}/mine.png` }]);
  await open(page, `${project}/label`);
  const refused = page.getByRole('alert').filter({ hasText: 'does not share its pictures with this site' });
  await expect(refused).toContainText('Settings, General, Media');
  await expectAccessible(page);

  await allowMedia(page, project);
  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('1');
  await drawBox(page, SIZE, [20, 10, 60, 50]);
  await expect(regions(page)).toHaveText([/Half/]);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await elsewhere.stop();
});

test('the wand sees the colors of another server that shares them, and through this one of one that does not', async ({ app, page }) => {
  const elsewhere = await Elsewhere.start({
    '/shared.png': { ...PNG, headers: { 'access-control-allow-origin': '*' } },
    '/shy.png': PNG,
  });
  await newOwner(page, app, 'Wands');
  const project = await createProjectWith(
    page,
    app,
    'Wands',
    `<View><Image name="image" value="$image"/><Magicwand name="wand" toName="image"/>
      <Labels name="kind" toName="image"><Label value="Dark"/></Labels></View>`,
  );
  await importTasks(page, [{ image: `${elsewhere.url}/shared.png` }, { image: `${elsewhere.url}/shy.png` }]);
  const takeHalf = async () => {
    await showActualSize(page);
    await page.keyboard.press('1');
    await page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name: 'Magic wand' }).click();
    await expect(async () => {
      await clickAt(page, SIZE, [40, 50]);
      await expect(regions(page)).toHaveText([/Dark|Mask/], { timeout: 500 });
    }).toPass();
  };
  await open(page, `${project}/label`);
  await takeHalf();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Task 2', { exact: true })).toBeVisible();
  await showActualSize(page);
  await page.keyboard.press('1');
  await page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name: 'Magic wand' }).click();
  await clickAt(page, SIZE, [40, 50]);
  await expect(page.getByText('the server it comes from does not allow it')).toBeVisible();
  await expect(regions(page)).toHaveCount(0);

  await allowMedia(page, project);
  await open(page, `${project}/label`);
  await takeHalf();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  await elsewhere.stop();
});

test('a picture too large for a browser comes in tiles', async ({ app, page }) => {
  // To cut it is work for the server.
  test.slow();
  const huge = { width: 8_000, height: 5_100 };
  const elsewhere = await Elsewhere.start({ '/huge.png': { type: 'image/png', body: grayPng(huge.width, huge.height) } });
  await newOwner(page, app, 'Tiles');
  const project = await createProjectWith(
    page,
    app,
    'Tiles',
    `<View><Image name="image" value="$image" zoom="true"/><RectangleLabels name="box" toName="image"><Label value="Half"/></RectangleLabels></View>`,
  );
  await allowMedia(page, project);
  await open(page, `${project}/import`);
  await importTasks(page, [{ image: `${elsewhere.url}/huge.png` }]);
  await open(page, `${project}/label`);
  const tiles = page.locator('.surface-tiles');
  await expect(tiles).toHaveAttribute('data-pending', '0', { timeout: 90_000 });
  await expectAccessible(page);
  const levels = async () => {
    const written = await tiles.locator('img').evaluateAll((images) => images.map((image) => image.getAttribute('data-tile')!.split('/')[0]));
    return [...new Set(written)].sort();
  };
  // All of it: a few coarse tiles. Pixel by pixel: only those near the middle, and the coarsest below them.
  expect(await levels()).not.toContain('0');
  await showActualSize(page);
  await expect(tiles).toHaveAttribute('data-pending', '0');
  await expect.poll(levels).toEqual(['0', '4']);
  expect(await tiles.locator('img').count()).toBeLessThan(60);
  await expect(page.locator('.minimap img')).toBeVisible();
  await page.keyboard.press('1');
  const [left, top, width, height] = await drawBox(page, huge, [3_900, 2_500, 200, 100]);
  await expect(regions(page)).toHaveText([/Half/]);
  // The tile in the middle shows its part of the picture, at its size.
  const middle = tiles.locator('img[data-tile="0/7/4"]');
  expect(await middle.evaluate((tile: HTMLImageElement) => [tile.naturalWidth, tile.style.left, tile.style.top])).toEqual([512, '3584px', '2048px']);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [task] = await exportJson(page, project, 'JSON');
  const [{ original_width, original_height, value }] = task.annotations[0].result;
  expect([original_width, original_height]).toEqual([huge.width, huge.height]);
  expect(value.x).toBeCloseTo((left / huge.width) * 100, 2);
  expect(value.y).toBeCloseTo((top / huge.height) * 100, 2);
  expect(value.width).toBeCloseTo((width / huge.width) * 100, 2);
  expect(value.height).toBeCloseTo((height / huge.height) * 100, 2);
  await elsewhere.stop();
});

test('regions that cannot be what they say are told, carried and handed in as they came', async ({ app, page }) => {
  await newOwner(page, app, 'Broken');
  const project = await createProjectWith(
    page,
    app,
    'Broken',
    `<View><Image name="image" value="$image"/>
      <RectangleLabels name="box" toName="image"><Label value="Cat"/></RectangleLabels>
      <PolygonLabels name="shape" toName="image"><Label value="Cat"/></PolygonLabels>
      <BrushLabels name="paint" toName="image"><Label value="Cat"/></BrushLabels></View>`,
  );
  const about = { to_name: 'image', original_width: 451, original_height: 300, image_rotation: 0 };
  const result = [
    { id: 'out', from_name: 'box', type: 'rectanglelabels', ...about, value: { x: 120, y: 110, width: 30, height: 20, rotation: 0, rectanglelabels: ['Cat'] } },
    { id: 'two', from_name: 'shape', type: 'polygonlabels', ...about, value: { points: [[10, 10], [30, 40]], closed: true, polygonlabels: ['Cat'] } },
    { id: 'rle', from_name: 'paint', type: 'brushlabels', ...about, value: { format: 'rle', rle: [0, 0, 0, 16, 1, 2, 3], brushlabels: ['Cat'] } },
    { id: 'fine', from_name: 'box', type: 'rectanglelabels', ...about, value: { x: 10, y: 10, width: 30, height: 20, rotation: 0, rectanglelabels: ['Cat'] } },
  ];
  await importTasks(page, [{ data: { image: '/demo/chelsea.jpg' }, predictions: [{ model_version: 'old', result }] }]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  await expect(regions(page)).toHaveCount(3);
  const odd = page.getByText('1 region cannot be shown. It is handed in as it came.');
  await odd.click();
  await expect(page.getByRole('listitem').filter({ hasText: /^Cat: .*(mask|rle)/ })).toBeVisible();
  for (const [label, oddity] of [['135 × 60', 'It lies outside the picture.'], ['2 points', 'A polygon needs three points.']] as const) {
    await expect(regions(page).filter({ hasText: label }).filter({ hasText: oddity })).toHaveCount(1);
  }
  await expectAccessible(page);
  await expect(async () => {
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  const [task] = await exportJson(page, project, 'JSON');
  expect(task.annotations[0].result.map(({ id, value }: any) => ({ id, value }))).toEqual(result.map(({ id, value }) => ({ id, value })));
});
