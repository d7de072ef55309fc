// What is in hand: the pressure of a pen, a shape that is not finished, regions shown alone, and the tool for the next task.
import type { Page } from '@playwright/test';
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { clickAt, drawBox, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const SIZE = { width: 451, height: 300 };
const CAT = { data: { image: '/demo/chelsea.jpg' } };

/** A stroke of a pen that is pressed so hard, 0 to 1, across the picture at a height of it. */
async function penStroke(page: Page, height: number, force: number): Promise<void> {
  const place = (await picture(page).boundingBox())!;
  const x = (at: number) => place.x + (place.width - SIZE.width) / 2 + at;
  const y = place.y + (place.height - SIZE.height) / 2 + height;
  const session = await page.context().newCDPSession(page);
  const send = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', at: number) =>
    session.send('Input.dispatchMouseEvent', {
      ...{ type, x: x(at), y, button: 'left', buttons: type === 'mouseReleased' ? 0 : 1, pointerType: 'pen', force, clickCount: 1 },
    });
  await send('mousePressed', 100);
  for (let at = 120; at <= 300; at += 20) await send('mouseMoved', at);
  await send('mouseReleased', 300);
  await session.detach();
}

test('a pen that is pressed harder paints a broader stroke', async ({ app, page }) => {
  await newOwner(page, app, 'Pens');
  const config = `<View><Image name="image" value="$image"/>
    <BrushLabels name="mask" toName="image"><Label value="Soft" hotkey="1"/><Label value="Hard" hotkey="2"/></BrushLabels></View>`;
  const project = await createProjectWith(page, app, 'Pens', config);
  await importTasks(page, [CAT]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  const painted = (label: RegExp) => async () => {
    const words = await regions(page).filter({ hasText: label }).textContent();
    return Number(/([\d,.\s]+)pixels/.exec(words!)![1]!.replace(/\D/g, ''));
  };
  await page.keyboard.press('1');
  await penStroke(page, 80, 0.1);
  await expect(regions(page)).toHaveText([/Soft/]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('2');
  await penStroke(page, 200, 1);
  await expect(regions(page)).toHaveText([/Soft/, /Hard/]);
  const [soft, hard] = [await painted(/Soft/)(), await painted(/Hard/)()];
  expect(hard).toBeGreaterThan(soft * 3);
});

test('a shape that is not finished is not lost by submitting, and what is in hand goes along', async ({ app, page }) => {
  await newOwner(page, app, 'Hands');
  const config = `<View><Image name="image" value="$image"/>
    <RectangleLabels name="box" toName="image"><Label value="Cat"/><Label value="Dog"/></RectangleLabels>
    <PolygonLabels name="shape" toName="image"><Label value="Head"/><Label value="Ear"/></PolygonLabels></View>`;
  const project = await createProjectWith(page, app, 'Hands', config);
  await importTasks(page, [CAT, CAT]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('4');
  for (const corner of [[100, 60], [160, 60], [130, 120]] as const) await clickAt(page, SIZE, corner);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('A shape is not finished')).toBeVisible();
  await expect(page.getByText('Task 1', { exact: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(regions(page)).toHaveText([/Ear/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Task 2', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Ear', exact: true })).toHaveAttribute('aria-pressed', 'true');

  // A tool picked with the pointer leaves Enter to the work.
  await showActualSize(page);
  await page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name: 'Polygon', exact: true }).click();
  await page.getByRole('button', { name: 'Head', exact: true }).click();
  for (const corner of [[200, 60], [260, 60], [230, 120]] as const) await clickAt(page, SIZE, corner);
  await page.keyboard.press('Enter');
  await expect(regions(page)).toHaveText([/Head/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const tasks = await exportJson(page, project, 'JSON');
  expect(tasks.map(({ annotations }: any) => annotations[0].result.map(({ value }: any) => [value.polygonlabels, value.points.length]))).toEqual([
    [[['Ear'], 3]],
    [[['Head'], 3]],
  ]);
});

test('one region is shown alone, and the others come back', async ({ app, page }) => {
  await newOwner(page, app, 'Alone');
  const config = `<View><Image name="image" value="$image"/>
    <RectangleLabels name="box" toName="image"><Label value="Left"/><Label value="Right"/></RectangleLabels></View>`;
  const project = await createProjectWith(page, app, 'Alone', config);
  await importTasks(page, [CAT]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('1');
  await drawBox(page, SIZE, [40, 60, 80, 80]);
  await page.keyboard.press('2');
  await drawBox(page, SIZE, [300, 60, 80, 80]);
  await page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name: 'Select', exact: true }).click();
  const row = (name: RegExp) => regions(page).filter({ hasText: name }).getByRole('button').first();
  await clickAt(page, SIZE, [80, 100]);
  await expect(row(/Left/)).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Shift+I');
  // What is not shown cannot be hit.
  await clickAt(page, SIZE, [340, 100]);
  await expect(row(/Right/)).toHaveAttribute('aria-pressed', 'false');
  await clickAt(page, SIZE, [80, 100]);
  await expectAccessible(page);
  await page.keyboard.press('Shift+I');
  await clickAt(page, SIZE, [340, 100]);
  await expect(row(/Right/)).toHaveAttribute('aria-pressed', 'true');
});
