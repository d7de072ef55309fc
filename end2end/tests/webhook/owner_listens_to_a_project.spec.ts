// An owner has a server of theirs told what happens in a project, looks why something did not arrive, and sends it again.
import type { Page } from '@playwright/test';
import { createProject, importTasks } from '../../support/project';
import { Receiver, signature } from '../../support/receiver';
import { newOwner } from '../../support/session';
import { expect, expectAccessible, open, test } from '../../support/test';

/** The rows of the log, the newest first. */
function rows(page: Page) {
  return page.getByRole('region', { name: 'Log' }).locator('tbody tr');
}

async function refresh(page: Page) {
  await page.getByRole('button', { name: 'Refresh' }).click();
}

test('an owner listens to a project', async ({ app, page }) => {
  // A long story, with several pages held against the rules of accessibility.
  test.slow();
  await newOwner(page, app, 'Listeners');
  const project = await createProject(page, app, 'Signs', 'Object detection');
  const receiver = await Receiver.start();

  await open(page, `${project}/settings/webhooks`);
  await expect(page.getByRole('heading', { name: 'No webhooks yet' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  const form = page.getByRole('dialog', { name: 'Add a webhook' });
  await form.getByRole('textbox', { name: 'Address' }).fill('http://10.0.0.1/hook');
  await form.getByRole('radio', { name: 'Only some of it' }).check();
  await expect(form.getByRole('checkbox', { name: 'Tasks created' })).toBeVisible();
  // What a project never hears of is not offered.
  await expect(form.getByRole('checkbox', { name: 'Project created' })).toHaveCount(0);
  await expectAccessible(page);
  await form.getByRole('button', { name: 'Add the webhook' }).click();
  await expect(form.getByText('Choose at least one action').first()).toBeVisible();
  await form.getByRole('radio', { name: 'Everything that happens' }).check();
  await form.getByRole('button', { name: 'Add a header' }).click();
  await form.getByRole('textbox', { name: 'Name' }).fill('Authorization');
  await form.getByRole('textbox', { name: 'Value' }).fill('Bearer open sesame');
  await form.getByRole('button', { name: 'Add the webhook' }).click();
  await expect(form.getByText('leads into a private network')).toBeVisible();
  await form.getByRole('textbox', { name: 'Address' }).fill(receiver.url);
  await form.getByRole('button', { name: 'Add the webhook' }).click();
  const list = page.getByRole('region', { name: 'Webhooks' });
  await expect(list.getByRole('listitem')).toContainText('Nothing sent yet');
  await expectAccessible(page);

  // A test arrives at once, signed with the key that the page shows.
  await list.getByRole('link', { name: receiver.url }).click();
  await expect(page.getByRole('heading', { name: receiver.url })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Nothing sent yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Send a test' }).click();
  const tested = page.getByRole('dialog', { name: 'The test arrived' });
  await expect(tested).toContainText('understood');
  await expect(tested).not.toContainText('open sesame');
  await expectAccessible(page);
  await tested.getByRole('button', { name: 'Close' }).click();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Show the key' }).click();
  const key = (await page.getByText(/^whsec_/).textContent())!;
  const [first] = receiver.heard;
  expect(first!.body.action).toBe('TEST');
  expect(first!.headers.authorization).toBe('Bearer open sesame');
  expect(first!.headers['webhook-signature']).toBe(signature(key, first!));
  const hook = page.url();

  // What happens is told in order, while nobody looks.
  await open(page, `${project}/import`);
  await importTasks(page, [{ image: '/demo/chelsea.jpg' }, { image: '/demo/coins.jpg' }]);
  await expect.poll(() => receiver.actions()).toEqual(['TEST', 'TASKS_CREATED', 'IMPORT_COMPLETED']);
  expect(receiver.heard[1]!.body.tasks.map(({ data }: any) => data.image)).toEqual(['/demo/chelsea.jpg', '/demo/coins.jpg']);
  await open(page, hook);
  await expect(page.getByText('Delivering', { exact: true })).toBeVisible();
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).nth(1)).toContainText('Tasks created');
  await rows(page).nth(1).getByRole('button', { name: 'Tasks created' }).click();
  const look = page.getByRole('dialog', { name: /^Message/ });
  await expect(look).toContainText('Attempt 1: answered 200');
  await look.getByText('What is sent').click();
  await expect(look.getByText('/demo/coins.jpg')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  // A receiver that fails is seen, and tried again when somebody asks for it.
  receiver.status = 500;
  await open(page, `${project}/settings/general`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Street signs');
  await page.getByRole('button', { name: 'Save' }).click();
  // Tried at once and after five seconds; then not for minutes.
  await expect.poll(() => receiver.actions().slice(3), { timeout: 15_000 }).toEqual(['PROJECT_UPDATED', 'PROJECT_UPDATED']);
  await open(page, `${hook}?show=waiting`);
  await expect(page.getByText('Messages do not get through')).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('The receiver answered 500');
  await expectAccessible(page);
  receiver.status = 200;
  await rows(page).getByRole('button', { name: /^Manage message/ }).click();
  await page.getByRole('menuitem', { name: 'Try now' }).click();
  await expect(async () => {
    await refresh(page);
    await expect(page.getByRole('heading', { name: 'No such messages' })).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.getByRole('link', { name: 'Delivered' }).click();
  await expect(rows(page)).toHaveCount(4);
  expect(receiver.heard.at(-1)!.body.project.title).toBe('Street signs');

  // Everything from one number to another, under the same ids.
  const sent = receiver.heard.length;
  await page.getByRole('button', { name: 'Send again', exact: true }).click();
  const again = page.getByRole('dialog', { name: 'Send again' });
  await again.getByRole('radio', { name: /A range/ }).check();
  await expectAccessible(page);
  await again.getByRole('button', { name: 'Send again' }).click();
  await expect(page.getByText('3 messages are sent again')).toBeVisible();
  await expect.poll(() => receiver.actions().slice(sent)).toEqual(['TASKS_CREATED', 'IMPORT_COMPLETED', 'PROJECT_UPDATED']);
  expect(receiver.heard[sent]!.headers['webhook-id']).toBe(receiver.heard[1]!.headers['webhook-id']);

  // Another key, with the old one for a while.
  await page.getByRole('button', { name: 'Replace the key' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replace', exact: true }).click();
  await expect(page.getByText('signed with the old key too')).toBeVisible();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByRole('dialog', { name: 'The test arrived' }).getByRole('button', { name: 'Close' }).click();
  expect(String(receiver.heard.at(-1)!.headers['webhook-signature']).split(' ')).toHaveLength(2);

  // Only some of it, with the header as it is.
  await page.getByRole('button', { name: 'Edit' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit the webhook' });
  await expect(edit.getByRole('textbox', { name: 'Value' })).toHaveValue('');
  await edit.getByRole('radio', { name: 'Only some of it' }).check();
  await edit.getByRole('checkbox', { name: 'Annotation created' }).check();
  await edit.getByRole('button', { name: 'Save' }).click();
  // The page behind the dialog is drawn anew.
  await expect(page.getByText('Everything that happens')).toHaveCount(0);

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Switch off' }).click();
  await expect(page.getByText('What happens meanwhile is not told.')).toBeVisible();
  await expectAccessible(page);

  // The organization's page has those of its projects too.
  await open(page, `${app.url}/org`);
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await expect(list.getByRole('listitem')).toContainText('in “Street signs”');
  await expectAccessible(page);
  await list.getByRole('link', { name: receiver.url }).click();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await page.waitForURL('**/settings/webhooks');
  await expect(page.getByRole('heading', { name: 'No webhooks yet' })).toBeVisible();
  await receiver.stop();
});
