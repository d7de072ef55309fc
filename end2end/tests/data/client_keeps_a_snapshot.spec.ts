// Everything as it was at a moment: kept, written in another format, compared; and labels that come back in.
import { createProject, exportJson, importFiles } from '../../support/project';
import { newOwner } from '../../support/session';
import { expect, expectAccessible, open, test } from '../../support/test';

test('a client compares two snapshots and writes one in another format', async ({ app, page }) => {
  await newOwner(page, app, 'Snapshots');
  const project = await createProject(page, app, 'Coins over time', 'Object detection');
  await importFiles(page, ['images/coins.jpg', 'rotated.json'], 1);
  await exportJson(page, project, 'JSON');

  // Another import, and another snapshot with a name and with what nobody has labeled.
  await open(page, `${project}/import`);
  await importFiles(page, ['images/coins.jpg'], 1);
  await open(page, `${project}/export`);
  await page.getByRole('switch', { name: 'Include tasks nobody has labeled' }).check();
  await page.getByText('Choose what comes along').click();
  await page.getByRole('textbox', { name: /Name of the export/ }).fill('With the new ones');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Export as JSON', exact: true }).click();
  const later = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'With the new ones' }) });
  await expect(later.getByRole('link', { name: 'Download' })).toBeVisible();
  await expect(later).toContainText('JSON, with tasks nobody has labeled');

  await open(page, `${project}/export`);
  await later.getByRole('button', { name: 'Compare' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare two snapshots' });
  await dialog.getByRole('button', { name: 'Compare' }).click();
  await expect(dialog.getByRole('row', { name: /^Added/ })).toContainText('1');
  await expect(dialog.getByRole('row', { name: /^The same/ })).toContainText('1');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await later.getByRole('button', { name: 'Convert' }).click();
  const convert = page.getByRole('dialog', { name: 'Write this snapshot in another format' });
  await convert.getByRole('combobox', { name: 'Format' }).selectOption('GEOJSON');
  await convert.getByRole('button', { name: 'Convert' }).click();
  const converted = page.getByRole('listitem').filter({ hasText: 'from snapshot' });
  await expect(converted.getByRole('link', { name: 'Download' })).toBeVisible();
});

test('a client exports what a view shows', async ({ app, page }) => {
  await newOwner(page, app, 'Views');
  const project = await createProject(page, app, 'Coins in view', 'Object detection');
  await importFiles(page, ['images/coins.jpg', 'rotated.json'], 1);
  await open(page, `${project}/export`);
  await page.getByText('Choose what comes along').click();
  await expect(page.getByRole('combobox', { name: 'View' })).toHaveCount(0);
  const id = Number(project.split('/').pop());
  const made = await page.evaluate(async (id) => {
    const filter = { filter: 'filter:tasks:id', operator: 'less', type: 'Number', value: 0 };
    const data = { title: 'Nothing at all', filters: { conjunction: 'and', items: [filter] } };
    const headers = { 'Content-Type': 'application/json' };
    return (await fetch('/api/dm/views/', { method: 'POST', headers, body: JSON.stringify({ project: id, data }) })).status;
  }, id);
  expect(made).toBe(201);

  await open(page, `${project}/export`);
  await page.getByText('Choose what comes along').click();
  await page.getByRole('combobox', { name: 'View' }).selectOption('Nothing at all');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Export as JSON', exact: true }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'what the view “Nothing at all” shows' });
  await expect(row).toContainText('0 tasks');
  await expect(row.getByText('Empty')).toBeVisible();
  await expect(row.getByRole('link', { name: 'Download' })).toBeVisible();
});
