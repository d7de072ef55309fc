// The labels of projects in one library: brought in, described, renamed in results, removed.
import { createProject, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { expect, expectAccessible, open, test } from '../../support/test';

test('an owner keeps the labels of projects in one place', async ({ app, page }) => {
  await newOwner(page, app, 'Librarians');
  const project = await createProject(page, app, 'Reviews', 'Sentiment and rating');
  await importTasks(page, [
    {
      data: { review: 'Lovely', product: 'Tea' },
      annotations: [{ result: [{ from_name: 'sentiment', to_name: 'review', type: 'choices', value: { choices: ['Positive'] } }] }],
    },
  ]);

  await open(page, `${app.url}/org`);
  await page.getByRole('main').getByRole('link', { name: 'Labels' }).click();
  await expect(page.getByText('No labels yet')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Add labels' }).first().click();
  const adding = page.getByRole('dialog', { name: 'Add labels of a project' });
  await expect(adding.getByRole('checkbox', { name: 'Positive' })).toBeChecked();
  await adding.getByRole('checkbox', { name: 'Neutral' }).uncheck();
  await expectAccessible(page);
  await adding.getByRole('button', { name: 'Add 3 labels' }).click();
  const table = page.getByRole('table', { name: 'Labels' });
  await expect(table.locator('tbody tr')).toHaveCount(3);
  await expect(table.getByRole('row', { name: /Positive/ })).toContainText('Reviews');
  await expectAccessible(page);

  // What is there is not offered again.
  await page.getByRole('button', { name: 'Add labels' }).click();
  await expect(adding.getByText('in the library')).toHaveCount(3);
  await adding.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'Manage Positive' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  const editing = page.getByRole('dialog', { name: 'Edit label' });
  await editing.getByRole('textbox', { name: 'Title' }).fill('Negative');
  await editing.getByRole('button', { name: 'Save' }).click();
  await expect(editing.getByText('There is a label of this title already.')).toBeVisible();
  await editing.getByRole('textbox', { name: 'Title' }).fill('Glad');
  await editing.getByRole('textbox', { name: 'Description' }).fill('Somebody is pleased');
  await editing.getByRole('checkbox', { name: 'Approved' }).check();
  await editing.getByRole('button', { name: 'Save' }).click();
  const glad = table.getByRole('row', { name: /Glad/ });
  await expect(glad).toContainText('Somebody is pleased');
  await expect(glad).toContainText('Approved');

  const search = page.getByRole('searchbox', { name: 'Search labels' });
  await search.fill('pleased');
  await expect(table.locator('tbody tr')).toHaveCount(1);
  await search.fill('nobody says this');
  await expect(page.getByText('Nothing found')).toBeVisible();
  await search.fill('');
  await expect(table.locator('tbody tr')).toHaveCount(3);

  await page.getByRole('button', { name: 'Manage Glad' }).click();
  await page.getByRole('menuitem', { name: 'Rename in results' }).click();
  const renaming = page.getByRole('dialog', { name: 'Rename in results' });
  await renaming.getByRole('textbox', { name: 'New label' }).fill('Neutral');
  await renaming.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByText('Renamed in 1 annotation', { exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Manage Glad' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog', { name: 'Remove Glad?' }).getByRole('button', { name: 'Remove' }).click();
  await expect(table.locator('tbody tr')).toHaveCount(2);
  await expect(table.getByRole('row', { name: /Negative/ })).toBeVisible();
});
