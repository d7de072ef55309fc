// A mask, an ellipse and a vector on one picture, and what comes out of them.
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { clickAt, drawBox, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const SIZE = { width: 451, height: 300 };
const INTERFACE = `<View>
  <Image name="image" value="$image"/>
  <BrushLabels name="mask" toName="image"><Label value="Fur" hotkey="1"/></BrushLabels>
  <EllipseLabels name="ring" toName="image"><Label value="Eye" hotkey="2"/></EllipseLabels>
  <VectorLabels name="path" toName="image" curves="true"><Label value="Whisker" hotkey="3"/></VectorLabels>
</View>`;

test('an annotator brushes, rings and bends', async ({ app, page }) => {
  await newOwner(page, app, 'Painters');
  const project = await createProjectWith(page, app, 'Cats by hand', INTERFACE);
  await importTasks(page, [{ data: { image: '/demo/chelsea.jpg' } }]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  const place = (await picture(page).boundingBox())!;
  const at = (x: number, y: number) =>
    [Math.round(place.x + (place.width - SIZE.width) / 2 + x), Math.round(place.y + (place.height - SIZE.height) / 2 + y)] as const;

  await page.keyboard.press('1');
  await expect(page.getByRole('group', { name: 'Brush' })).toBeVisible();
  await page.mouse.move(...at(60, 200));
  await page.mouse.down();
  await page.mouse.move(...at(140, 200), { steps: 8 });
  await page.mouse.up();
  await expect(regions(page)).toHaveText([/Fur/]);
  // A second stroke is part of the same mask.
  await page.mouse.move(...at(100, 160));
  await page.mouse.down();
  await page.mouse.move(...at(100, 240), { steps: 8 });
  await page.mouse.up();
  await expect(regions(page)).toHaveCount(1);
  await expectAccessible(page);

  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  const frame = await drawBox(page, SIZE, [200, 80, 60, 40]);

  await page.keyboard.press('Escape');
  await page.keyboard.press('3');
  await page.mouse.click(...at(300, 200));
  await page.mouse.move(...at(360, 180));
  await page.mouse.down();
  await page.mouse.move(...at(390, 180), { steps: 4 });
  await page.mouse.up();
  await page.mouse.click(...at(420, 220));
  await page.keyboard.press('Enter');
  await expect(regions(page)).toHaveText([/Fur/, /Eye/, /Whisker/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const [mask, ring, path] = task.annotations[0].result;
  expect(mask).toMatchObject({ type: 'brushlabels', original_width: 451, original_height: 300 });
  expect(mask.value).toMatchObject({ format: 'rle', brushlabels: ['Fur'] });
  // The first 32 bits count the values: four for each pixel.
  const [a, b, c, d] = mask.value.rle;
  expect(((a << 24) | (b << 16) | (c << 8) | d) >>> 0).toBe(451 * 300 * 4);
  const [left, top, width, height] = frame;
  expect(ring.type).toBe('ellipselabels');
  expect((ring.value.x * 451) / 100).toBeCloseTo(left + width / 2, 6);
  expect((ring.value.y * 300) / 100).toBeCloseTo(top + height / 2, 6);
  expect((ring.value.radiusX * 451) / 100).toBeCloseTo(width / 2, 6);
  expect((ring.value.radiusY * 300) / 100).toBeCloseTo(height / 2, 6);
  expect(path).toMatchObject({ type: 'vectorlabels', value: { closed: false, vectorlabels: ['Whisker'] } });
  expect(path.value.vertices.map((v: any) => [v.id, v.prevPointId, v.isBezier])).toEqual([
    ['1', null, false],
    ['2', '1', true],
    ['3', '2', false],
  ]);
});

test('a polygon with a hole is picked beside the hole and moved with it', async ({ app, page }) => {
  await newOwner(page, app, 'Holders');
  const project = await createProjectWith(
    page,
    app,
    'Rings',
    `<View>
  <Image name="image" value="$image"/>
  <PolygonLabels name="ring" toName="image"><Label value="Ring" hotkey="1"/></PolygonLabels>
</View>`,
  );
  const square = (from: number, to: number) => [[from, from], [to, from], [to, to], [from, to]];
  const ring = {
    id: 'ring', from_name: 'ring', to_name: 'image', type: 'polygonlabels', original_width: 451, original_height: 300,
    image_rotation: 0,
    value: { points: square(20, 60), holes: [square(30, 50)], closed: true, polygonlabels: ['Ring'] },
  };
  await importTasks(page, [{ data: { image: '/demo/chelsea.jpg' }, predictions: [{ model_version: 'm', result: [ring] }] }]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  const row = regions(page).first().getByRole('button').first();
  await expect(regions(page)).toHaveText([/Ring.*4 points, 1 hole/]);
  // In percent of the picture.
  const click = ([x, y]: [number, number]) => clickAt(page, SIZE, [(x * SIZE.width) / 100, (y * SIZE.height) / 100]);
  await click([40, 40]);
  await expect(row).toHaveAttribute('aria-pressed', 'false');
  await click([25, 40]);
  await expect(row).toHaveAttribute('aria-pressed', 'true');
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [task] = await exportJson(page, project, 'JSON');
  const [{ value }] = task.annotations[0].result;
  const by = (30 / SIZE.width) * 100;
  value.holes[0].forEach(([x, y]: [number, number], at: number) => {
    expect(x).toBeCloseTo(square(30, 50)[at][0] + by, 6);
    expect(y).toBeCloseTo(square(30, 50)[at][1], 6);
  });
  expect(value.points[0][0]).toBeCloseTo(20 + by, 6);
});

test('boxes are drawn by two clicks and by three points, and points of a polygon come and go', async ({ app, page }) => {
  await newOwner(page, app, 'Clickers');
  const config = `<View><Image name="image" value="$image"/>
    <RectangleLabels name="box" toName="image"><Label value="Eye" hotkey="1"/></RectangleLabels>
    <PolygonLabels name="head" toName="image"><Label value="Head" hotkey="2"/></PolygonLabels></View>`;
  const project = await createProjectWith(page, app, 'Clickers', config);
  await importTasks(page, [{ data: { image: '/demo/chelsea.jpg' } }]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('1');
  const corner = await clickAt(page, SIZE, [40, 40]);
  const opposite = await clickAt(page, SIZE, [140, 100]);
  await expect(regions(page)).toHaveText([/Eye/]);
  await page.keyboard.press('Escape');
  // One side, and how far the box reaches from it: it stands on its corner.
  await page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name: 'Turned box' }).click();
  for (const at of [[250, 100], [300, 150], [270, 180]] as const) await clickAt(page, SIZE, at);
  await expect(regions(page)).toHaveText([/Eye/, /Eye.*45°/]);
  await page.keyboard.press('Escape');

  await page.keyboard.press('2');
  const corners = [[320, 200], [420, 200], [420, 280], [320, 280]] as const;
  for (const at of corners) await clickAt(page, SIZE, at);
  await page.keyboard.press('Enter');
  await expect(regions(page).nth(2)).toContainText('4 points');
  // The knob in the middle of a side becomes a point; Alt and a click take one away.
  await page.keyboard.press('v');
  await clickAt(page, SIZE, [370, 240]);
  const place = (await picture(page).boundingBox())!;
  const at = (x: number, y: number) =>
    [Math.round(place.x + (place.width - SIZE.width) / 2 + x), Math.round(place.y + (place.height - SIZE.height) / 2 + y)] as const;
  await page.mouse.move(...at(370, 200));
  await page.mouse.down();
  await page.mouse.move(...at(370, 170), { steps: 5 });
  await page.mouse.up();
  await expect(regions(page).nth(2)).toContainText('5 points');
  await page.keyboard.down('Alt');
  await page.mouse.click(...at(320, 280));
  await page.keyboard.up('Alt');
  await expect(regions(page).nth(2)).toContainText('4 points');
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const [box, turned, head] = task.annotations[0].result.map(({ value }: any) => value);
  expect((box.x * SIZE.width) / 100).toBeCloseTo(corner[0], 4);
  expect((box.width * SIZE.width) / 100).toBeCloseTo(opposite[0] - corner[0], 4);
  expect((box.height * SIZE.height) / 100).toBeCloseTo(opposite[1] - corner[1], 4);
  expect(turned.rotation).toBeCloseTo(45, 4);
  expect(head.points.map(([x, y]: number[]) => [Math.round((x! * SIZE.width) / 1000) * 10, Math.round((y! * SIZE.height) / 1000) * 10])).toEqual([
    [320, 200],
    [370, 170],
    [420, 200],
    [420, 280],
  ]);
});
