// How a picture is looked at, and how the regions on it are put in order: none of the first is part of the work, all of the second is.
import type { Page } from '@playwright/test';
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { clickAt, drawBox, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const SIZE = { width: 451, height: 300 };
const INTERFACE = `<View><Image name="image" value="$image" zoom="true" rotateControl="true" brightnessControl="true" contrastControl="true"/>
  <RectangleLabels name="box" toName="image"><Label value="Eye"/></RectangleLabels></View>`;

/** How many pixels of the layers above the picture are painted. */
async function painted(page: Page): Promise<number> {
  return picture(page)
    .locator('canvas')
    .evaluateAll((layers) =>
      (layers as HTMLCanvasElement[]).reduce((sum, layer) => {
        const { data } = layer.getContext('2d')!.getImageData(0, 0, layer.width, layer.height);
        return sum + data.filter((value, at) => at % 4 === 3 && value > 0).length;
      }, 0),
    );
}

test('a picture is lit, turned and gone about without a change to the work', async ({ app, page }) => {
  await newOwner(page, app, 'Lookers');
  const project = await createProjectWith(page, app, 'Lookers', INTERFACE);
  await importTasks(page, [{ image: '/demo/chelsea.jpg' }]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  const image = picture(page).locator('img');
  const style = (name: string) => image.evaluate((shown, of) => getComputedStyle(shown).getPropertyValue(of), name);
  await page.getByRole('button', { name: 'Light, grid and crosshair' }).click();
  const panel = page.getByRole('group', { name: 'How the picture is looked at' });
  await panel.getByRole('slider', { name: /Brightness/ }).fill('150');
  await panel.getByRole('slider', { name: /Contrast/ }).fill('80');
  await panel.getByRole('slider', { name: /Gamma/ }).fill('50');
  await panel.getByRole('checkbox', { name: 'Invert' }).check();
  expect(await style('filter')).toMatch(/^url\(.*gamma-.*\) brightness\(1\.5\) contrast\(0\.8\) invert\(1\)$/);
  await expectAccessible(page);
  await panel.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => style('filter')).toBe('none');

  expect(await painted(page)).toBe(0);
  await panel.getByRole('checkbox', { name: 'Grid' }).check();
  await expect.poll(() => painted(page)).toBeGreaterThan(1_000);
  await panel.getByRole('checkbox', { name: 'Grid' }).uncheck();
  await expect.poll(() => painted(page)).toBe(0);
  await panel.getByRole('checkbox', { name: 'Crosshair' }).check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('v');
  const place = (await picture(page).boundingBox())!;
  await page.mouse.move(place.x + 100, place.y + 100);
  await expect.poll(() => painted(page)).toBeGreaterThan(1_000);

  // Turned by a quarter, and back by three more; closer, and elsewhere by the small picture; and all of it again.
  const matrix = async () => (await style('transform')).match(/-?[\d.]+(e-?\d+)?/g)!.map(Number);
  // Six numbers: where a step across leads, where a step down leads, and where the picture begins.
  const across = async () => (await matrix()).slice(0, 2).map((number) => Math.sign(Math.round(number * 1e6)));
  expect(await across()).toEqual([1, 0]);
  await page.keyboard.press('Shift+H');
  await expect.poll(across).toEqual([0, 1]);
  for (const _ of [1, 2, 3]) await page.keyboard.press('Shift+H');
  await expect.poll(across).toEqual([1, 0]);
  for (const _ of [1, 2, 3, 4, 5, 6, 7]) await page.getByRole('button', { name: /Zoom in/ }).click();
  const small = page.locator('.minimap');
  const corner = (await small.boundingBox())!;
  const [, , , , left] = await matrix();
  await page.mouse.click(corner.x + corner.width - 5, corner.y + corner.height - 5);
  await expect.poll(async () => (await matrix())[4]).toBeLessThan(left! - 100);
  await page.getByRole('button', { name: /Fit to screen/ }).click();
  await expect(small).toHaveCount(0);
  await expect(regions(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Undo/ })).toBeDisabled();
});

test('several regions are moved, put in line, doubled, locked and hidden', async ({ app, page }) => {
  await newOwner(page, app, 'Arrangers');
  const project = await createProjectWith(page, app, 'Arrangers', INTERFACE);
  await importTasks(page, [{ image: '/demo/chelsea.jpg' }]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  await page.keyboard.press('1');
  const [left, top] = await drawBox(page, SIZE, [40, 40, 60, 40]);
  const [, lower] = await drawBox(page, SIZE, [140, 140, 60, 40]);
  await page.keyboard.press('v');
  await page.keyboard.press('Control+a');
  await page.getByRole('group', { name: 'Arrange' }).getByRole('button', { name: /Align left/ }).click();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Control+d');
  await expect(regions(page)).toHaveCount(4);
  await expectAccessible(page);
  await page.keyboard.press('Delete');
  await expect(regions(page)).toHaveCount(2);

  // Locked, it stays where it is and cannot go; hidden, it is not in the way.
  const first = regions(page).first();
  await first.hover();
  await first.getByRole('button', { name: /^Lock/ }).click();
  await expect(first.getByRole('button', { name: /^Delete/ })).toBeDisabled();
  await picture(page).focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('ArrowDown');
  const second = regions(page).nth(1);
  await second.hover();
  await second.getByRole('button', { name: /^Hide/ }).click();
  await page.keyboard.press('Escape');
  await clickAt(page, SIZE, [left + 40, lower + 20]);
  await expect(second.getByRole('button').first()).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const corners = task.annotations[0].result.map(({ value }: any) => [(value.x * SIZE.width) / 100, (value.y * SIZE.height) / 100]);
  [[left + 10, top], [left + 10, lower + 1]].forEach(([x, y], at) => {
    expect(corners[at][0]).toBeCloseTo(x!, 4);
    expect(corners[at][1]).toBeCloseTo(y!, 4);
  });
});
