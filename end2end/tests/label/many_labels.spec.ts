// An interface of five hundred labels, and the sheet of its keys on paper.
import { createProjectWith, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { regions } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

test('among five hundred labels one is found, and the text stays in sight', async ({ app, page }) => {
  await newOwner(page, app, 'Dictionary');
  const labels = Array.from({ length: 500 }, (_, n) => `<Label value="Word ${n}"/>`).join('');
  const config = `<View><Filter toName="ner" minLength="1"/><Labels name="ner" toName="text">${labels}</Labels><Text name="text" value="$text"/></View>`;
  const project = await createProjectWith(page, app, 'Five hundred', config);
  await importTasks(page, [{ text: 'Ada met Grace' }]);
  await open(page, `${project}/label`);
  const text = page.getByRole('textbox', { name: /^Text/ });
  await expect(text).toBeInViewport();
  await expectAccessible(page);
  const filter = page.getByRole('searchbox', { name: /^Filter/ });
  await filter.fill('nobody');
  await expect(page.getByText('Nothing is called that.')).toBeVisible();
  await filter.fill('word 477');
  await filter.press('Enter');
  await expect(page.getByRole('button', { name: 'Word 477' })).toHaveAttribute('aria-pressed', 'true');
  await text.getByText('Ada met Grace').dblclick({ position: { x: 10, y: 14 } });
  await expect(regions(page)).toHaveText([/Word 477.*Ada/s]);

  // On paper the sheet of keys is all there is.
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await expect(sheet.getByText('Submit', { exact: true }).first()).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(sheet.getByText('Submit', { exact: true }).first()).toBeVisible();
  await expect(page.locator('.desk-bar')).toBeHidden();
  await expect(regions(page)).toHaveCount(0);
});
