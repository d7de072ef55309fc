// An owner has a field of every task filled by a service, with another one that stands in when the first fails.
import { createProjectWith, importTasks } from '../../support/project';
import { Translator } from '../../support/service';
import { newOwner } from '../../support/session';
import { expect, expectAccessible, open, test } from '../../support/test';

const CONFIG = `<View><Text name="text" value="$text"/><Text name="spanish" value="$spanish"/>
<Choices name="good" toName="text"><Choice value="Good"/><Choice value="Bad"/></Choices></View>`;

test('an owner fills a field', async ({ app, page }) => {
  // A long story, with several pages held against the rules of accessibility.
  test.slow();
  await newOwner(page, app, 'Fillers');
  const project = await createProjectWith(page, app, 'Translations', CONFIG);
  await importTasks(page, [{ text: 'Good morning' }, { text: 'Good night' }]);
  const first = await Translator.start('Hola:');
  const second = await Translator.start('Buenas:');

  await open(page, `${project}/settings/client-apis`);
  await expect(page.getByRole('heading', { name: 'No client APIs yet' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Add a client API' }).click();
  const form = page.getByRole('dialog', { name: 'Add a client API' });
  await form.getByRole('textbox', { name: 'Field it fills' }).fill('spanish');
  await form.getByRole('textbox', { name: 'Address' }).fill('http://10.0.0.1/translate');
  await form.getByRole('button', { name: 'Add a header' }).click();
  await form.getByRole('textbox', { name: 'Name' }).fill('Authorization');
  await form.getByRole('textbox', { name: 'Value' }).fill('Bearer open sesame');
  // What is sent is shown while it is typed.
  const preview = form.getByRole('region', { name: /^What is sent for task/ });
  await form.getByRole('textbox', { name: 'What is sent' }).fill('{"text": ["$missing"], "to": "ES"}');
  await expect(preview).toContainText('The task has nothing in “missing”');
  await form.getByRole('textbox', { name: 'What is sent' }).fill('{"text": ["$text"], "to": "ES"}');
  await expect(preview).toContainText('Good morning');
  await form.getByRole('textbox', { name: 'Place in the answer' }).fill('translations[0].text');
  await form.getByText('Costs and limits').click();
  await form.getByRole('textbox', { name: 'Cost of a call' }).fill('0.015');
  await expectAccessible(page);
  await form.getByRole('button', { name: 'Add the client API' }).click();
  await expect(form.getByText('leads into a private network')).toBeVisible();

  // Tried before it is kept.
  await form.getByRole('textbox', { name: 'Address' }).fill(first.url);
  await form.getByRole('button', { name: 'Try it' }).click();
  await expect(form.getByText('The field would become')).toBeVisible();
  await expect(form.getByText('Hola: Good morning', { exact: true })).toBeVisible();
  await expect(form).not.toContainText('open sesame');
  expect(first.asked[0]!.headers.authorization).toBe('Bearer open sesame');
  await expectAccessible(page);
  await form.getByRole('button', { name: 'Add the client API' }).click();
  const list = page.getByRole('region', { name: 'Client APIs of the project' });
  await expect(list.getByRole('listitem')).toContainText('Not asked yet');

  // Another one stands in.
  await page.getByRole('button', { name: 'Add a client API' }).click();
  await form.getByRole('textbox', { name: 'Field it fills' }).fill('spanish');
  await form.getByRole('textbox', { name: 'Group' }).fill('group2');
  await form.getByRole('textbox', { name: 'Address' }).fill(second.url);
  await form.getByRole('textbox', { name: 'What is sent' }).fill('{"text": ["$text"]}');
  await form.getByRole('textbox', { name: 'Place in the answer' }).fill('translations[0].text');
  await form.getByRole('button', { name: 'Add the client API' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(2);
  await expect(list.getByRole('listitem').nth(1)).toContainText('stands in, number 2');
  await expectAccessible(page);

  // The first fails, so the second is asked.
  first.status = 400;
  const runs = page.getByRole('region', { name: 'Runs' });
  await page.getByRole('button', { name: 'Fill tasks' }).click();
  const fill = page.getByRole('dialog', { name: 'Fill tasks' });
  await expectAccessible(page);
  await fill.getByRole('button', { name: 'Fill tasks' }).click();
  await expect(runs.getByRole('listitem')).toContainText('2 values filled');
  await expect(list.getByRole('listitem').first()).toContainText('Failing');
  await expect(list.getByRole('listitem').first()).toContainText('2 calls · 2 failed');
  await expect(list.getByRole('listitem').nth(1)).toContainText('Answering');
  await expectAccessible(page);

  // Asked first, and replaced.
  await list.getByRole('button', { name: 'Manage group2 of spanish' }).click();
  await page.getByRole('menuitem', { name: 'Ask earlier' }).click();
  await expect(list.getByRole('listitem').first()).toContainText('group2');
  first.status = 500;
  second.status = 401;
  await page.getByRole('button', { name: 'Fill tasks' }).click();
  await fill.getByRole('checkbox', { name: 'Replace values that are there' }).check();
  await expect(fill.getByText('are gone afterwards')).toBeVisible();
  await fill.getByRole('button', { name: 'Fill tasks' }).click();
  await expect(runs.getByRole('listitem').first()).toContainText('With failures', { timeout: 30_000 });
  await runs.getByRole('button', { name: '2 values could not be filled' }).click();
  const failures = page.getByRole('dialog', { name: 'What could not be filled' });
  await expect(failures.getByRole('row').nth(1)).toContainText('group2: The service answered 401');
  await expectAccessible(page);
  await failures.getByRole('button', { name: 'Close' }).click();

  // What was there stays, and people see it where they label.
  await open(page, `${project}/data`);
  await expect(page.getByText('Good morning').first()).toBeVisible();
  await open(page, `${project}/settings/client-apis`);
  await list.getByRole('button', { name: 'Manage group1 of spanish' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await first.stop();
  await second.stop();
});
