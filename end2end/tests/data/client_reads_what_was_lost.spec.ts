// What a file could not give, and what a format cannot carry: both are told, and can be taken along.
import fs from 'node:fs';
import type { Download, Page } from '@playwright/test';
import { chooseFiles, createProject, exportJson, importFiles } from '../../support/project';
import { newOwner } from '../../support/session';
import { expect, expectAccessible, open, test } from '../../support/test';

test('rows that were left out are shown with their reason and downloaded', async ({ app, page }) => {
  await newOwner(page, app, 'Rows');
  await createProject(page, app, 'Ragged rows', 'Text classification');
  await chooseFiles(page, ['ragged.csv']);
  await expect(page.getByText('2 of 3 imported')).toBeVisible();
  await expect(page.getByRole('cell', { name: 'This row has 1 value, but the table has 2 columns.' })).toBeVisible();
  await expectAccessible(page);
  const csv = await downloaded(page, () => page.getByRole('link', { name: 'Download as CSV' }).click());
  expect(csv.split('\n')[1]).toBe('"ragged.csv",2,"This row has 1 value, but the table has 2 columns.","second"');
  // The same after a reload: drawn by the server.
  await open(page, page.url());
  await expect(page.getByText('2 of 3 imported')).toBeVisible();
  await expect(page.getByText('1 row or file was not imported')).toBeVisible();
});

test('what was pasted stays until all of it has come in', async ({ app, page }) => {
  await newOwner(page, app, 'Pastes');
  await createProject(page, app, 'Half a list', 'Text classification');
  await expect(page.getByRole('link', { name: 'Update tasks' })).toHaveCount(0);
  const rows = page.getByRole('textbox', { name: 'Rows' });
  await rows.fill('[{"text": "a"');
  await page.getByRole('button', { name: 'Import text' }).click();
  await expect(page.getByText('0 of 1 imported')).toBeVisible();
  await expect(rows).toHaveValue('[{"text": "a"');
  await rows.fill('[{"text": "a"}]');
  await page.getByRole('button', { name: 'Import text' }).click();
  await expect(page.getByText('1 task imported')).toBeVisible();
  await expect(rows).toHaveValue('');
  await expect(page.getByRole('link', { name: 'Update tasks' })).toBeVisible();
  // What was refused before is still to be read.
  await page.getByRole('list', { name: 'Earlier imports' }).getByText('0 of 1 imported').click();
  await expect(page.getByText('1 row or file was not imported')).toBeVisible();
  await expectAccessible(page);
});

test('the wrong file in the right project is told', async ({ app, page }) => {
  await newOwner(page, app, 'Gaps');
  await createProject(page, app, 'Texts among pictures', 'Object detection');
  await chooseFiles(page, ['ragged.csv']);
  await expect(page.getByText('2 of 3 imported')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('None of the 2 tasks has the field image');
  await expectAccessible(page);
});

test('a client learns what COCO and YOLO make of rotated boxes', async ({ app, page }) => {
  await newOwner(page, app, 'Rotation');
  const project = await createProject(page, app, 'Turned coins', 'Object detection');
  await importFiles(page, ['images/coins.jpg', 'rotated.json'], 1);
  await expect(page.getByText('1 annotation and 0 predictions came along.')).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link')).toHaveText(['Projects', 'Turned coins']);
  await expect(page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: 'Import' })).toHaveAttribute('aria-current', 'page');

  const coco = await exportJson(page, project, 'COCO');
  const turned = coco.annotations.find((annotation: any) => annotation.attributes);
  expect(turned.bbox).toEqual([161.7, 151.5, 30.3, 48]);
  expect(turned.attributes).toEqual({ rotation: 90, unrotated_bbox: [192, 151.5, 48, 30.3] });
  const losses = await readLosses(page, 'COCO');
  expect(losses.told).toEqual([
    'Ellipses are written as polygons of 64 corners.',
    'Answers that are no shape on an image stay behind.',
    'Rotated boxes are written as their axis-aligned hull; the corners and the degrees come along.',
  ]);
  expect(losses.codes).toEqual(['ellipse_as_polygon', 'not_a_shape', 'rotation_as_hull']);

  await page.getByRole('button', { name: 'Export as YOLO', exact: true }).click();
  const yolo = await readLosses(page, 'YOLO');
  // Rotation goes loudly: beside the download, without a click.
  await expect(finished(page, 'YOLO').getByRole('alert')).toContainText('1 × YOLO boxes cannot be rotated');
  expect(yolo.told).toEqual([
    'Ellipses are written as the box around them.',
    'Answers that are no shape on an image stay behind.',
    'YOLO boxes cannot be rotated: rotated boxes are written as their axis-aligned hull.',
  ]);
  expect(yolo.codes).toEqual(['ellipse_as_box', 'not_a_shape', 'rotation_lost']);

  // JSON carries everything, so there is nothing to tell.
  const tasks = await exportJson(page, project, 'JSON');
  expect(tasks[0].annotations[0].result[1].value.rotation).toBe(90);
  await expect(finished(page, 'JSON').getByRole('button', { name: /changed or left out/ })).toHaveCount(0);
});

/** The line of a finished export. */
function finished(page: Page, format: string) {
  return page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: format, exact: true }) })
    .filter({ has: page.getByRole('link', { name: 'Download' }) });
}

/** Opens the notes of a finished export, reads them, takes them along, and closes them with the keyboard. */
async function readLosses(page: Page, format: string): Promise<{ told: string[]; codes: string[] }> {
  const button = finished(page, format).getByRole('button', { name: '3 notes on what was changed or left out' });
  await button.click();
  const dialog = page.getByRole('dialog', { name: 'What was changed or left out' });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  const told = await dialog.locator('tbody tr td:nth-child(2)').allTextContents();
  await expect(dialog.getByRole('link', { name: /^ID \d+$/ })).toHaveCount(3);
  const manifest = JSON.parse(await downloaded(page, () => dialog.getByRole('link', { name: 'Download as JSON' }).click()));
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
  return { told, codes: manifest.losses.map((loss: any) => loss.code) };
}

/** The text of the file that comes down when `act` is done. */
async function downloaded(page: Page, act: () => Promise<void>): Promise<string> {
  const waiting: Promise<Download> = page.waitForEvent('download');
  await act();
  return fs.readFileSync(await (await waiting).path(), 'utf8');
}
