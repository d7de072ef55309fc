// Keys are what the hands are used to: chosen in the list of keys, kept for the person, wherever they sign in.
import { createProject, importFiles } from '../../support/project';
import { PASSWORD, newOwner, signIn } from '../../support/session';
import { drawBox, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const COINS = { width: 384, height: 303 };

test('an annotator puts commands on keys of their own', async ({ app, page, browser }) => {
  const email = await newOwner(page, app, 'Key people');
  const project = await createProject(page, app, 'Keys', 'Object detection');
  await importFiles(page, ['images/coins.jpg', 'images/chelsea.jpg'], 2);
  await open(page, `${project}/label`);
  await showActualSize(page);

  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  const key = (command: string) => dialog.getByRole('button').filter({ hasText: new RegExp(`^\\s*${command}: `) }).locator('[data-key]');
  await key('Submit').click();
  await expect(key('Submit')).toHaveText('Press a key');
  await page.keyboard.press('j');
  await expect(key('Submit')).toHaveText('J');

  await key('Box').click();
  await page.keyboard.press('1');
  await expect(dialog.getByText('1 picks “Person” in this project. Press another one.')).toBeVisible();
  await page.keyboard.press('Control+w');
  await expect(dialog.getByText('Browsers keep this key to themselves.')).toBeVisible();
  await page.keyboard.press('v');
  await expect(dialog.getByText('V is the key of “Select”, which would have none.')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Use it for “Box”' }).click();
  await expect(key('Box')).toHaveText('V');
  await expect(key('Select')).toHaveText('None');

  // Leaving changes nothing, and does not close the list.
  await key('Undo').click();
  await page.keyboard.press('Escape');
  await expect(key('Undo')).toHaveText('CtrlZ');
  await dialog.getByRole('button', { name: 'Redo: no key' }).click();
  await expect(key('Redo')).toHaveText('None');
  const kept = page.waitForResponse('**/save_keys');
  await dialog.getByRole('button', { name: 'Redo: the key it came with' }).click();
  await kept;
  await expect(key('Redo')).toHaveText('CtrlShiftZ');
  // Labels have keys of their own, too; a tool's is not to be had, another label's is.
  await key('Person').click();
  await page.keyboard.press('e');
  await expect(key('Person')).toHaveText('E');
  await key('Vehicle').click();
  await page.keyboard.press('o');
  await expect(key('Vehicle')).toHaveText('O');
  await dialog.getByRole('button', { name: 'Vehicle: the key it came with' }).click();
  await expect(key('Vehicle')).toHaveText('2');
  await key('Vehicle').click();
  await page.keyboard.press('h');
  await expect(dialog.getByText('H is the key of “Move view”. Press another one.')).toBeVisible();
  await page.keyboard.press('e');
  await expect(dialog.getByText('E is the key of “Person”, which would have none.')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Use it for “Vehicle”' }).click();
  await expect(key('Person')).toHaveText('None');
  await expect(key('Vehicle')).toHaveText('E');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('e');
  await expect(page.getByRole('button', { name: 'Vehicle' })).toHaveAttribute('aria-pressed', 'true');

  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.keyboard.press('v');
  await expect(page.getByRole('button', { name: 'Box', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('4');
  await drawBox(page, COINS, [24, 20, 56, 58]);
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press('j');
  await expect(page.getByText('Submitted.')).toBeVisible();
  await expect(page.getByText('Task 2')).toBeVisible();

  // The keys are the person's, not this browser's.
  const elsewhere = await (await browser.newContext()).newPage();
  await signIn(elsewhere, app, email, PASSWORD);
  await open(elsewhere, `${project}/label`);
  await expect(picture(elsewhere)).toBeVisible();
  await expect(elsewhere.getByRole('button', { name: 'Box', exact: true })).toHaveAttribute('title', 'Box (V)');
  await expect(elsewhere.getByRole('button', { name: 'Vehicle' })).toHaveAttribute('aria-keyshortcuts', 'e');
  await elsewhere.keyboard.press('?');
  await elsewhere.getByRole('button', { name: 'All keys as they came' }).click();
  await expect(elsewhere.getByRole('button', { name: 'All keys as they came' })).toBeHidden();
  await elsewhere.keyboard.press('Escape');
  await expect(elsewhere.getByRole('button', { name: 'Box', exact: true })).toHaveAttribute('title', 'Box (R)');
  await expect(elsewhere.getByRole('button', { name: 'Vehicle' })).toHaveAttribute('aria-keyshortcuts', '2');
  await elsewhere.context().close();
});
