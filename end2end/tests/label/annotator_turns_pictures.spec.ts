// A task of several pictures: each is drawn on, and each region says which one it is on.
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { drawBox, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, hydrated, open, test } from '../../support/test';

const CAT = { width: 451, height: 300 };
const COFFEE = { width: 600, height: 400 };
const INTERFACE = `<View>
  <Image name="page" valueList="$pages"/>
  <RectangleLabels name="box" toName="page"><Label value="Thing" hotkey="1"/></RectangleLabels>
  <Choices name="light" toName="page" perItem="true" required="true"><Choice value="Good"/><Choice value="Poor"/></Choices>
</View>`;

test('pictures of a list are turned over, drawn on and told apart', async ({ app, page }) => {
  await newOwner(page, app, 'Listers');
  const project = await createProjectWith(page, app, 'Pages', INTERFACE);
  await importTasks(page, [{ pages: ['/demo/chelsea.jpg', '/demo/coffee.jpg'] }]);
  await open(page, `${project}/label`);
  const strip = page.getByRole('navigation', { name: 'Pictures of “page”' });
  await expect(strip.getByRole('button', { name: 'Picture 1' })).toHaveAttribute('aria-current', 'true');
  await showActualSize(page);
  await page.keyboard.press('1');
  const first = await drawBox(page, CAT, [60, 40, 90, 60]);
  await expect(strip.getByRole('button', { name: 'Picture 1, 1 region' })).toBeVisible();

  await picture(page).press('PageDown');
  await expect(picture(page)).toHaveAccessibleName(/page, 2 of 2/);
  await expect(strip.getByRole('button', { name: 'Picture 2' })).toHaveAttribute('aria-current', 'true');
  await showActualSize(page);
  const second = await drawBox(page, COFFEE, [200, 100, 80, 120]);
  await expect(regions(page)).toHaveCount(2);
  await expectAccessible(page);
  // What was done on the picture before can still be undone.
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(regions(page)).toHaveCount(0);
  await page.keyboard.press('Control+Shift+z');
  await page.keyboard.press('Control+Shift+z');
  await expect(regions(page)).toHaveCount(2);

  // A region that is picked brings its picture along.
  await regions(page).first().click();
  await expect(picture(page)).toHaveAccessibleName(/page, 1 of 2/);
  await page.getByRole('textbox', { name: 'Note' }).fill('Only the ear');
  await expect(regions(page).first()).toContainText('Only the ear');
  await expectAccessible(page);
  await page.reload();
  await hydrated(page);
  await expect(regions(page)).toHaveCount(2);
  await expect(regions(page).first()).toContainText('Only the ear');
  await regions(page).first().click();
  await page.getByRole('textbox', { name: 'Note' }).fill('Only the ear, blurred');
  // What is asked about each picture is asked about the one in sight, and must be answered for both.
  const light = page.getByRole('group', { name: /^Light/ });
  await expect(light).toContainText('about picture 1 of 2');
  await light.getByRole('radio', { name: 'Good' }).check();
  await page.keyboard.press('Control+Enter');
  await expect(light).toContainText('Please answer “Light” for each picture (1 to go).');
  // The keys that turn work wherever the keyboard is, again and again.
  await page.keyboard.press('PageDown');
  await expect(picture(page)).toHaveAccessibleName(/page, 2 of 2/);
  await page.keyboard.press('PageUp');
  await expect(picture(page)).toHaveAccessibleName(/page, 1 of 2/);
  await strip.getByRole('button', { name: 'Picture 2' }).click();
  await expect(light).toContainText('about picture 2 of 2');
  await expect(light.getByRole('radio', { name: 'Good' })).not.toBeChecked();
  await light.getByRole('radio', { name: 'Poor' }).check();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const all: any[] = task.annotations[0].result;
  expect(all.filter(({ type }) => type === 'choices').map(({ item_index, value }) => [item_index, value.choices])).toEqual([
    [0, ['Good']],
    [1, ['Poor']],
  ]);
  const boxes = all.filter(({ type }) => type === 'rectanglelabels').map(({ to_name, item_index, original_width, original_height, value }: any) => ({
    to_name, item_index, original_width, original_height,
    x: (value.x * original_width) / 100, y: (value.y * original_height) / 100,
  }));
  expect(task.annotations[0].result[0].meta).toEqual({ text: ['Only the ear, blurred'] });
  const expected = [[0, CAT, first], [1, COFFEE, second]] as const;
  for (const [at, size, box] of expected) {
    expect(boxes[at]).toMatchObject({ to_name: 'page', item_index: at, original_width: size.width, original_height: size.height });
    expect(boxes[at].x).toBeCloseTo(box[0], 6);
    expect(boxes[at].y).toBeCloseTo(box[1], 6);
  }
});
