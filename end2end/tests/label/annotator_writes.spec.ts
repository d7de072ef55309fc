// Texts written about a task and about its regions: as many as may be, with phrases at hand, in the list of regions.
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { regions, selectWithMouse } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const CONFIG = `<View>
  <Text name="text" value="$text"/>
  <Labels name="ner" toName="text"><Label value="Name" hotkey="1"/></Labels>
  <TextArea name="why" toName="text" perRegion="true" displayMode="region-list" rows="1" maxSubmissions="2"/>
  <TextArea name="summary" toName="text" rows="3" maxSubmissions="2" placeholder="In a sentence" required="true">
    <Shortcut value="[unclear]" alias="Unclear" hotkey="ctrl+1" background="#e03131"/>
    <Shortcut value=" 😀 "/>
  </TextArea>
  <TextArea name="words" toName="text" editable="false" rows="1" showSubmitButton="false" skipDuplicates="true"/>
  <TextArea name="heard" toName="text" editable="false" transcription="true" rows="1"/>
</View>`;

test('texts are written, with phrases and about regions', async ({ app, page }) => {
  await newOwner(page, app, 'Writers');
  const project = await createProjectWith(page, app, 'Writing', CONFIG);
  await importTasks(page, [{ text: 'Ada met Grace.' }]);
  await open(page, `${project}/label`);

  // What must be written is asked for; nobody can hand in at first sight.
  await expect(async () => {
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.locator('[data-control="summary"]').getByText('Please answer “Summary” before you submit.')).toBeVisible({ timeout: 500 });
  }).toPass();

  const summary = page.getByRole('textbox', { name: 'summary', exact: true });
  await expect(summary).toHaveAttribute('placeholder', 'In a sentence');
  await expect(summary).toHaveAttribute('rows', '3');
  await summary.pressSequentially('They met.');
  for (const _ of 'met.') await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+1');
  await expect(summary).toHaveValue('They [unclear]met.');
  await page.getByRole('button', { name: '😀' }).click();
  await page.keyboard.type('x');
  await expect(summary).toHaveValue('They [unclear] 😀 xmet.');
  // Another text, with the keys alone, and no third one.
  await page.keyboard.press('Shift+Enter');
  const second = page.getByRole('textbox', { name: 'summary 2' });
  await expect(second).toBeFocused();
  await page.keyboard.type('Twice.');
  await page.keyboard.press('Shift+Enter');
  await expect(second).toHaveValue('Twice.');
  await expect(page.getByRole('button', { name: 'Add another' })).toHaveCount(0);

  // Added texts stay as they are, each once.
  const words = page.getByRole('textbox', { name: 'words' });
  for (const word of ['Ada', 'Grace', 'Ada']) {
    await words.fill(word);
    await words.press('Enter');
  }
  await expect(page.getByText('This text is there already.')).toBeVisible();
  await words.fill('');
  const list = page.locator('[data-control="words"]');
  await expect(list.locator('.text-fixed')).toHaveText(['Ada', 'Grace']);
  await list.getByRole('button', { name: 'Remove text 1' }).click();
  await expect(list.locator('.text-fixed')).toHaveText(['Grace']);

  // A transcription stays open, however it was added.
  const heard = page.getByRole('textbox', { name: 'heard', exact: true });
  await heard.fill('Ada mit Grace.');
  await heard.press('Tab');
  await expect(heard).toHaveValue('Ada mit Grace.');
  await heard.fill('Ada met Grace.');

  // What is written about a region is written and read in the list of regions.
  const about = page.getByRole('region', { name: 'About the selected region' });
  await expect(about).toBeHidden();
  await selectWithMouse(page, page.getByRole('textbox', { name: /^Text/ }), 'Grace');
  await expect(page.getByText('is selected. Pick a label')).toBeVisible();
  await page.keyboard.press('1');
  await regions(page).first().getByRole('button').first().click();
  await expect(about).toBeVisible();
  // What is selected in the list is seen in the text.
  await expect(page.locator('mark[data-selected]')).toHaveText('Grace');
  await about.getByRole('textbox', { name: 'why', exact: true }).fill('the second one');
  await expect(regions(page)).toHaveText([/Name.*the second one/]);
  await page.keyboard.press('Enter');
  await expect(about.getByRole('textbox', { name: 'why 2' })).toBeFocused();
  await page.keyboard.type('a guess');
  await expect(regions(page)).toHaveText([/the second one · a guess/]);
  await expectAccessible(page);
  // From a field, too.
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const stored = task.annotations[0].result.map(({ from_name, type, value }: any) => ({ from_name, type, value }));
  const place = { start: 8, end: 13 };
  expect(stored).toEqual([
    { from_name: 'ner', type: 'labels', value: { ...place, text: 'Grace', labels: ['Name'] } },
    { from_name: 'why', type: 'textarea', value: { ...place, text: ['the second one', 'a guess'] } },
    { from_name: 'summary', type: 'textarea', value: { text: ['They [unclear] 😀 xmet.', 'Twice.'] } },
    { from_name: 'words', type: 'textarea', value: { text: ['Grace'] } },
    { from_name: 'heard', type: 'textarea', value: { text: ['Ada met Grace.'] } },
  ]);
  const [region, why] = task.annotations[0].result;
  expect(why.id).toBe(region.id);
});
