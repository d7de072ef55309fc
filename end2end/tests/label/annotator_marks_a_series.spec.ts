// Stretches and moments of a series are marked by mouse and keyboard, and come out as the series writes its times.
import { createProject, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { dragAlong, line, regions } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const DAY = 86_400_000;
const FIRST = Date.parse('2012-01-01');
const LAST = Date.parse('2015-12-31');

test('stretches and moments of a series are marked and exported', async ({ app, page }) => {
  await newOwner(page, app, 'Forecasters');
  const project = await createProject(page, app, 'Weather', 'Time series events');
  await importTasks(page, [{ csv: '/demo/seattle-weather.csv' }, { csv: '/demo/melody.wav' }]);

  await open(page, `${project}/label`);
  const chart = line(page, /^Time series/);
  await expect(chart).toBeVisible();
  await expect(page.getByText('Highest temperature')).toBeVisible();
  await page.keyboard.press('1');
  await dragAlong(page, chart, 0.2, 0.3, 0.3);
  await expect(regions(page)).toHaveText([/Heat wave/]);
  await expectAccessible(page);
  // Closer, and the cursor tells the values of its day.
  const place = (await chart.boundingBox())!;
  await page.mouse.move(place.x + place.width * 0.25, place.y + 100);
  await page.keyboard.down('Control');
  for (let n = 0; n < 6; n++) await page.mouse.wheel(0, -240);
  await page.keyboard.up('Control');
  await expect(page.locator('.line-zoom-number')).not.toHaveText('1.0×');
  await page.getByRole('button', { name: 'All of it (Shift 1)' }).click();
  await expect(page.locator('.line-zoom-number')).toHaveText('1.0×');
  // A moment, with a label of its own.
  await page.keyboard.press('2');
  await chart.dblclick({ position: { x: place.width * 0.6, y: 100 } });
  await expect(regions(page)).toHaveText([/Heat wave/, /Storm/]);
  await expect(page.locator('.series-key').first()).toContainText('°C');
  // The keyboard alone.
  await chart.focus();
  for (let n = 0; n < 5; n++) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('3');
  await expect(regions(page)).toHaveText([/Heat wave/, /Storm/, /Cold spell/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Submitted.')).toBeVisible();

  // What is no table says so at its place.
  await expect(page.getByRole('alert')).toContainText('not a table');

  const [task] = await exportJson(page, project, 'JSON');
  const days = (written: string) => (Date.parse(written) - FIRST) / DAY;
  const at = (share: number) => expect.closeTo((share * (LAST - FIRST)) / DAY, -0.6);
  const found = task.annotations[0].result.map(({ id, value, ...rest }: any) => ({
    ...rest,
    value: { ...value, start: days(value.start), end: days(value.end) },
  }));
  const marked = (from: number, to: number, label: string, instant: boolean) => ({
    from_name: 'events',
    to_name: 'weather',
    type: 'timeserieslabels',
    origin: 'manual',
    value: { start: at(from), end: at(to), instant, timeserieslabels: [label] },
  });
  expect(found).toEqual([
    marked(0.2, 0.3, 'Heat wave', false),
    marked(0.6, 0.6, 'Storm', true),
    marked(0.6, 0.65, 'Cold spell', false),
  ]);
  expect(found[1].value.start).toBe(found[1].value.end);
});
