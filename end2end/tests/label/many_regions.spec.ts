// Ten thousand regions on one picture: the list stays short on the page and complete for people.
import { boxResult, createProject, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const MANY = 10_000;

test('a list of ten thousand regions is walked by keyboard', async ({ app, page }) => {
  await newOwner(page, app, 'Crowds');
  const project = await createProject(page, app, 'Crowd', 'Object detection');
  const labels = ['Person', 'Vehicle', 'Animal', 'Object'];
  const result = Array.from({ length: MANY }, (_, n) =>
    boxResult(`r${n}`, labels[n % 4], [n % 100, Math.floor(n / 100), 0.8, 0.8]),
  );
  await importTasks(page, [{ data: { image: '/demo/chelsea.jpg' }, predictions: [{ model_version: 'crowd', result }] }]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  const panel = page.getByRole('complementary', { name: 'Regions' });
  await expect(panel.getByText('10000', { exact: true })).toBeVisible();
  expect(await regions(page).count()).toBeLessThan(100);
  // They are painted beside the page, and the picture of them goes along with the view.
  const still = page.locator('.surface-layer').first();
  const painted = (at: { x: number; y: number; width: number; height: number }) =>
    still.evaluate((canvas: HTMLCanvasElement, at) => {
      const part = canvas.getContext('2d')!.getImageData(at.x * canvas.width, at.y * canvas.height, at.width * canvas.width, at.height * canvas.height);
      return part.data.filter((value, n) => n % 4 === 3 && value > 0).length / (part.width * part.height);
    }, at);
  const middle = { x: 0.4, y: 0.4, width: 0.2, height: 0.2 };
  await expect.poll(() => painted(middle)).toBeGreaterThan(0.5);
  await expectAccessible(page);

  const first = panel.getByRole('button', { name: /^1\b.*Person/ });
  await first.focus();
  await page.keyboard.press('End');
  await expect(panel.locator('[data-row="9999"]')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const row = panel.locator('[data-row="9998"]');
  await expect(row).toBeFocused();
  await expect(row).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Delete');
  await expect(panel.getByText('9999', { exact: true }).first()).toBeVisible();
  await expect.poll(() => painted(middle)).toBeGreaterThan(0.5);
  await page.keyboard.press('Control+z');
  await expect(panel.getByText('10000', { exact: true }).first()).toBeVisible();

  // What is picked on the picture comes into sight in the list.
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Select/ }).click();
  const place = (await picture(page).boundingBox())!;
  await page.mouse.click(place.x + place.width / 2 + 1, place.y + place.height / 2 + 1);
  await expect(panel.locator('[aria-pressed="true"]')).toBeInViewport();

  // And what is picked in the list comes into sight on the picture; what is in sight stays where it is.
  const where = () => page.locator('.surface-image').evaluate((image) => (image as HTMLElement).style.transform);
  for (let n = 0; n < 5; n += 1) await page.getByRole('button', { name: 'Zoom in' }).click();
  const close = await where();
  await panel.locator('[aria-pressed="true"]').focus();
  await page.keyboard.press('Home');
  await expect(panel.locator('[data-row="0"]')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect.poll(where).not.toBe(close);
  const there = await where();
  await page.keyboard.press('ArrowDown');
  await expect(panel.locator('[data-row="1"]')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel.locator('[data-row="1"]')).toHaveAttribute('aria-pressed', 'true');
  expect(await where()).toBe(there);
  await expect(page.getByText('Draft saved')).toBeVisible();
});
