// The page about the REST interface: found from the guide, searched, linked to, and asking nobody else for anything.
import { expect, expectAccessible, test } from '../support/test';

test('a developer finds an operation and how it is asked', async ({ app, page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${app.url}/docs/api`);
  await expect(page.getByRole('heading', { name: 'REST interface', level: 1 })).toBeVisible();
  await expectAccessible(page);

  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search operations' })).toBeFocused();
  await page.keyboard.type('post /convert exports');
  await expect(page.getByRole('status')).toHaveText('1 operation');
  const operation = page.locator('details', { hasText: '/api/projects/{id}/exports/{export}/convert' }).filter({ visible: true });
  await operation.locator('summary').click();
  await expect(operation).toContainText('client.projects.exports.convert(1, 1, export_type="…")');
  await expect(operation.getByRole('rowheader', { name: 'export_type required' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  // A link opens what it leads to, also what the search has hidden.
  await page.getByRole('searchbox').fill('nothing has these words');
  await expect(page.getByRole('status')).toHaveText('No operation has these words.');
  await page.goto(`${app.url}/docs/api#get_projects_id_export`);
  await expect(page.locator('#get_projects_id_export')).toHaveAttribute('open', '');
  await expect(page.locator('#get_projects_id_export')).toContainText('curl');

  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(asked.filter((address) => !address.startsWith(app.url))).toEqual([]);
});
