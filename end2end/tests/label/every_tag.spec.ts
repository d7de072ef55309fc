// The tags that no other journey meets, each used by hand and read back from the export.
import type { Page } from '@playwright/test';
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { clickAt, dragAlong, drawBox, line, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';
import type { App } from '../../support/app';

const SIZE = { width: 451, height: 300 };
const CAT = { image: '/demo/chelsea.jpg' };

/** A project of an interface with one task, opened for labeling. */
async function begin(page: Page, app: App, title: string, config: string, data: object): Promise<string> {
  await newOwner(page, app, title);
  const project = await createProjectWith(page, app, title, config);
  await importTasks(page, [{ data }]);
  await open(page, `${project}/label`);
  return project;
}

/** Hands in, and reads what was stored. */
async function submitted(page: Page, project: string): Promise<any[]> {
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [task] = await exportJson(page, project, 'JSON');
  return task.annotations[0].result;
}

const tool = (page: Page, name: string) => page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name, exact: true });

/** Draws with the pointer held down, from one point of the picture to another. */
async function stroke(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const place = (await picture(page).boundingBox())!;
  const at = ([x, y]: [number, number]) => [place.x + (place.width - SIZE.width) / 2 + x, place.y + (place.height - SIZE.height) / 2 + y] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 8 });
  await page.mouse.up();
}

test('shapes without labels of their own take them from a set beside them', async ({ app, page }) => {
  const shapes = ['Rectangle', 'Ellipse', 'Polygon', 'KeyPoint', 'Brush', 'Vector'];
  const project = await begin(
    page,
    app,
    'Shapes and labels',
    `<View><Image name="image" value="$image"/>
      <Labels name="label" toName="image"><Label value="Cat" hotkey="1"/><Label value="Nose" hotkey="2"/></Labels>
      ${shapes.map((tag) => `<${tag} name="${tag}" toName="image"/>`).join('')}</View>`,
    CAT,
  );
  await showActualSize(page);
  const take = async (label: string, name: string) => {
    await page.keyboard.press('Escape');
    await page.keyboard.press(label);
    await tool(page, name).click();
  };
  await take('1', 'Box');
  await drawBox(page, SIZE, [20, 20, 60, 40]);
  await take('1', 'Ellipse');
  await drawBox(page, SIZE, [120, 20, 60, 40]);
  await take('1', 'Polygon');
  for (const at of [[220, 20], [280, 20], [250, 60]] as const) await clickAt(page, SIZE, at);
  await page.keyboard.press('Enter');
  await take('2', 'Point');
  await clickAt(page, SIZE, [330, 40]);
  await take('1', 'Brush');
  await stroke(page, [40, 200], [120, 200]);
  await take('1', 'Vector');
  for (const at of [[220, 200], [280, 240]] as const) await clickAt(page, SIZE, at);
  await page.keyboard.press('Enter');
  await expect(regions(page)).toHaveText([/Cat/, /Cat/, /Cat/, /Nose/, /Cat/, /Cat/]);

  const results = await submitted(page, project);
  // Each shape comes with its labels as a result of their own, under one id.
  const own = results.filter(({ type }) => type !== 'labels');
  expect(own.map(({ type, from_name }) => [type, from_name])).toEqual(shapes.map((tag) => [tag.toLowerCase(), tag]));
  const labels = own.map(({ id }) => results.find((other) => other.id === id && other.type === 'labels'));
  expect(labels.map(({ from_name, value }) => [from_name, value.labels])).toEqual(
    ['Cat', 'Cat', 'Cat', 'Nose', 'Cat', 'Cat'].map((label) => ['label', [label]]),
  );
});

test('a mask is painted as pixels of its own, and the wand takes what looks alike', async ({ app, page }) => {
  const project = await begin(
    page,
    app,
    'Bits and wands',
    `<View><Image name="image" value="$image" smoothing="false"/>
      <BitmaskLabels name="bits" toName="image"><Label value="Fur" hotkey="1"/></BitmaskLabels>
      <Magicwand name="wand" toName="image"/></View>`,
    CAT,
  );
  await showActualSize(page);
  await page.keyboard.press('1');
  await tool(page, 'Brush').click();
  await stroke(page, [60, 200], [160, 200]);
  await expect(regions(page)).toHaveText([/Fur/]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('1');
  await tool(page, 'Magic wand').click();
  await stroke(page, [300, 120], [330, 140]);
  await expect(regions(page)).toHaveText([/Fur/, /Fur|Mask/]);

  const [bits, wand] = await submitted(page, project);
  expect(bits).toMatchObject({ type: 'bitmasklabels', original_width: 451, original_height: 300, value: { bitmasklabels: ['Fur'] } });
  expect(bits.value.imageDataURL).toMatch(/^data:image\/png;base64,/);
  // The picture of the mask is as large as the image, and says what was painted.
  const painted = (item: any) =>
    page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const alpha = (x: number, y: number) => context.getImageData(x, y, 1, 1).data[3];
      return { size: [image.width, image.height], inside: alpha(110, 200), outside: alpha(110, 100) };
    }, item.value.imageDataURL);
  expect(await painted(bits)).toEqual({ size: [451, 300], inside: 255, outside: 0 });
  expect(wand.value.rle?.length ?? wand.value.imageDataURL.length).toBeGreaterThan(10);
});

test('stretches of a video are labeled along its timeline', async ({ app, page }) => {
  const project = await begin(
    page,
    app,
    'Stretches of film',
    `<View><Video name="video" value="$video" frameRate="24" height="320"/>
      <TimelineLabels name="scene" toName="video"><Label value="Bounce" hotkey="1"/><Label value="Roll" hotkey="2"/></TimelineLabels></View>`,
    { video: '/demo/balls.mp4' },
  );
  const timeline = line(page, /^Timeline/);
  await expect(timeline).toBeVisible();
  const frames = Number((await page.getByText(/^Frame 1 of/).textContent())!.replace(/.* of /, ''));
  await page.keyboard.press('2');
  await dragAlong(page, timeline, 0.25, 0.5, 0.5);
  await expect(regions(page)).toHaveText([/Roll/]);

  const [stretch] = await submitted(page, project);
  expect(stretch).toMatchObject({ from_name: 'scene', to_name: 'video', type: 'timelinelabels', value: { timelinelabels: ['Roll'] } });
  const [{ start, end }] = stretch.value.ranges;
  expect(start / frames).toBeCloseTo(0.25, 1);
  expect(end / frames).toBeCloseTo(0.5, 1);
});

test('several channels of a series share a chart and its regions', async ({ app, page }) => {
  const project = await begin(
    page,
    app,
    'Channels together',
    `<View><TimeSeriesLabels name="event" toName="series"><Label value="Warm" hotkey="1"/></TimeSeriesLabels>
      <TimeSeries name="series" value="$csv" valueType="url" timeColumn="date" timeFormat="%Y-%m-%d" sep=",">
        <MultiChannel height="200"><Channel column="temp_max" legend="Highest"/><Channel column="temp_min" legend="Lowest"/></MultiChannel>
      </TimeSeries></View>`,
    { csv: '/demo/seattle-weather.csv' },
  );
  const chart = line(page, /^Time series/);
  await expect(chart).toBeVisible();
  for (const legend of ['Highest', 'Lowest']) await expect(page.locator('.series-key', { hasText: legend })).toBeVisible();
  await page.keyboard.press('1');
  await dragAlong(page, chart, 0.3, 0.5, 0.4);
  await expect(regions(page)).toHaveText([/Warm/]);
  const [event] = await submitted(page, project);
  expect(event).toMatchObject({ type: 'timeserieslabels', value: { instant: false, timeserieslabels: ['Warm'] } });
  expect(event.value.start).toMatch(/^201[23]-\d\d-\d\d$/);
});

test('what arranges is laid out: styles, panels that fold, and a record as a table', async ({ app, page }) => {
  const project = await begin(
    page,
    app,
    'Arranged',
    `<View><Style>.lead { font-style: italic } body { display: none }</Style>
      <View className="lead"><Header value="Is this right?"/></View>
      <Collapse><Panel value="The record"><Table name="record" value="$record"/></Panel></Collapse>
      <Choices name="kind" toName="record" choice="single"><Choice value="Right"/><Choice value="Wrong"/></Choices></View>`,
    { record: { Name: 'Pump', Price: 12 } },
  );
  const heading = page.getByRole('heading', { name: 'Is this right?' });
  await expect(heading).toBeVisible();
  await expect(heading).toHaveCSS('font-style', 'italic');
  const cell = page.getByRole('cell', { name: 'Pump' });
  const fold = page.locator('summary', { hasText: 'The record' });
  if (!(await cell.isVisible())) await fold.click();
  await expect(cell).toBeVisible();
  await fold.click();
  await expect(cell).toBeHidden();
  await fold.click();
  await page.getByRole('radio', { name: /Wrong/ }).check();
  const [answer] = await submitted(page, project);
  expect(answer).toMatchObject({ from_name: 'kind', to_name: 'record', type: 'choices', value: { choices: ['Wrong'] } });
});
