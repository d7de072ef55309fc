// Words in Arabic and Japanese, marked by mouse and keyboard, come out where they are: counted in code points.
import fs from 'node:fs';
import { createProject, exportJson, fixture, importFiles } from '../../support/project';
import { newOwner } from '../../support/session';
import { codePoints, regions, selectWithMouse } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const [arabic, japanese]: { text: string }[] = JSON.parse(fs.readFileSync(fixture('declaration.json'), 'utf8'));

test('entities in Arabic and Japanese are exported with the right offsets', async ({ app, page }) => {
  await newOwner(page, app, 'Translators');
  const project = await createProject(page, app, 'Declaration', 'Named entities');
  await importFiles(page, ['declaration.json'], 2);

  await open(page, `${project}/label`);
  const text = page.getByRole('textbox', { name: /^Text/ });
  await expect(text).toHaveText(arabic!.text);
  // First the words, then the key of their label.
  await selectWithMouse(page, text, 'القبض');
  await expect(page.getByText('is selected. Pick a label')).toBeVisible();
  await page.keyboard.press('2');
  await expect(regions(page)).toHaveText([/Organization.*القبض/]);
  // First the label, then the words; the last letter carries a mark of its own.
  await page.keyboard.press('4');
  await selectWithMouse(page, text, 'تعسفاً');
  await expect(regions(page)).toHaveText([/Organization.*القبض/, /Date.*تعسفاً/]);
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Submitted.')).toBeVisible();

  await expect(text).toHaveText(japanese!.text);
  await selectWithMouse(page, text, '自由');
  await page.keyboard.press('3');
  await expect(regions(page)).toHaveText([/Place.*自由/]);
  // The keyboard alone: to the beginning, over the first five characters, and the key of a label.
  await text.focus();
  for (const key of ['ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
  for (const _ of 'すべての人') await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('1');
  await expect(regions(page)).toHaveText([/Place.*自由/, /Person.*すべての人/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const tasks = await exportJson(page, project, 'JSON');
  const marked = tasks.map((task: any) => task.annotations[0].result.map(({ type, value }: any) => ({ type, value })));
  const entity = (whole: string, words: string, label: string) => ({
    type: 'labels',
    value: { ...codePoints(whole, words), text: words, labels: [label] },
  });
  expect(marked).toEqual([
    [entity(arabic!.text, 'القبض', 'ORG'), entity(arabic!.text, 'تعسفاً', 'DATE')],
    [entity(japanese!.text, '自由', 'LOC'), entity(japanese!.text, 'すべての人', 'PER')],
  ]);
});
