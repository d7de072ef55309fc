// Tasks that are here already, brought up to date from a table: looked at first, applied, and nothing the second time.
import { createProject } from '../../support/project';
import { newOwner } from '../../support/session';
import { expect, expectAccessible, open, test } from '../../support/test';

const csv = (text: string) => ({ name: 'update.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

test('a client sees what an update would change, and applies it', async ({ app, page }) => {
  await newOwner(page, app, 'Updates');
  const project = await createProject(page, app, 'Reviews to mend', 'Sentiment and rating');
  await open(page, `${project}/import`);
  await page.getByRole('textbox', { name: 'Rows' }).fill('sku,review\na,Lovely\nb,Dull\nc,So so\n');
  await page.getByRole('button', { name: 'Import text' }).click();
  await expect(page.getByText('3 tasks imported')).toBeVisible();

  await page.getByRole('link', { name: 'Update tasks' }).click();
  await expect(page.getByText('Nothing updated yet')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('radio', { name: /With the same value in a column/ }).check();

  // Without the name of the column there is nothing to go by.
  const update = csv('sku,review,stars\na,Lovely,5\nb,Rather dull,2\nz,Unknown,1\na,Twice,1\n');
  const files = page.locator('input[type=file]');
  await files.setInputFiles(update);
  await expect(page.getByRole('alert')).toContainText('Name the column');
  await page.getByRole('textbox', { name: 'Column' }).fill('sku');
  await files.setInputFiles(update);

  const latest = page.getByRole('article');
  await expect(latest).toContainText('2 tasks would change');
  await expect(latest).toContainText('stars in 2 tasks');
  const dull = latest.getByRole('row').filter({ hasText: 'Rather dull' });
  await expect(dull.locator('del')).toHaveText('Dull');
  await expect(dull.getByRole('link', { name: '#2' })).toBeVisible();
  await expect(latest).toContainText('Matched by sku');
  await expectAccessible(page);
  await latest.getByRole('button', { name: 'Conflicts 1' }).click();
  await expect(latest.getByRole('row').filter({ hasText: 'An earlier row means the same task' })).toBeVisible();
  await latest.getByRole('button', { name: 'Without a task 1' }).click();
  await expect(latest.getByRole('cell', { name: 'z', exact: true })).toBeVisible();

  await latest.getByRole('button', { name: 'Apply' }).click();
  await expect(latest).toContainText('2 tasks changed');
  await expect(latest.getByText('Applied')).toBeVisible();
  await latest.getByRole('link', { name: 'See the tasks' }).click();
  await expect(page.getByText('Rather dull')).toBeVisible();

  // The same once more changes nothing. It is long enough to be met while it is read: the button that would cancel the
  // reading is the one that throws the outcome away later, and must do what it says by then.
  await open(page, `${project}/import/update`);
  await page.getByRole('radio', { name: /With the same value in a column/ }).check();
  await page.getByRole('textbox', { name: 'Column' }).fill('sku');
  const strangers = Array.from({ length: 20_000 }, (_, row) => `y${row},Unknown,1\n`).join('');
  await files.setInputFiles(csv(`sku,review,stars\na,Lovely,5\nb,Rather dull,2\n${strangers}`));
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await expect(page.getByText('No task would change')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Apply' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByText('Nothing was changed')).toBeVisible();
  // What was done before can be read again.
  await page.getByRole('list', { name: 'Earlier updates' }).getByText('2 tasks changed').click();
  await expect(page.getByRole('article').last()).toContainText('Rather dull');
  await expectAccessible(page);
});
