// Labels, choices and drafts that come with the task, and labels that may be used so often only.
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { regions, selectWithMouse } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const CONFIG = `<View>
  <Labels name="ner" toName="text" value="$labels"><Label value="Name" maxUsages="1" hotkey="1"/></Labels>
  <Text name="text" value="$text"/>
  <Filter toName="ner" minLength="1" hotkey="shift+f" placeholder="Find a label"/>
  <Choices name="mood" toName="text" value="$moods" choice="single"><Choice value="None of these"/></Choices>
  <TextArea name="summary" toName="text" value="$draft"/>
</View>`;

test('a task brings its own labels, choices and draft', async ({ app, page }) => {
  await newOwner(page, app, 'Options');
  const project = await createProjectWith(page, app, 'Options', CONFIG);
  await importTasks(page, [
    {
      text: 'Ada met Grace in Paris.',
      labels: [{ value: 'Place', background: '#2f9e44', hotkey: '7' }],
      moods: ['Happy', { value: 'Very sad', alias: 'sad' }],
      draft: '$5 for a summary',
    },
    { text: 'Nobody met anybody.', labels: [], moods: [], draft: '' },
  ]);
  await open(page, `${project}/label`);
  const labels = page.getByRole('group', { name: 'Labels of ner' });
  const text = page.getByRole('textbox', { name: /^Text/ });
  await expect(labels.getByRole('button')).toHaveText([/Name.*0\/1/, /Place/]);
  await expect(page.getByRole('textbox', { name: 'summary' })).toHaveValue('$5 for a summary');

  // Labels are found by typing, and the hand goes there by key.
  await page.keyboard.press('Shift+F');
  const filter = page.getByPlaceholder('Find a label');
  await expect(filter).toBeFocused();
  await expect(filter).toHaveValue('');
  await page.keyboard.type('pla');
  await expect(labels.getByRole('button')).toHaveText([/Place/]);
  await filter.fill('');
  await expect(labels.getByRole('button')).toHaveCount(2);
  await filter.blur();

  // A label for one piece goes to one piece.
  await labels.getByRole('button', { name: /Name/ }).click();
  await selectWithMouse(page, text, 'Ada');
  await expect(regions(page)).toHaveText([/Name.*Ada/]);
  await expect(labels.getByRole('button', { name: /Name/ })).toBeDisabled();
  await expect(labels.getByRole('button', { name: /Name/ })).toHaveText(/1\/1/);
  await selectWithMouse(page, text, 'Grace');
  await expect(page.getByText('is selected. Pick a label')).toBeVisible();
  await page.keyboard.press('1');
  await expect(page.getByText('is selected. Pick a label')).toBeVisible();
  await expect(regions(page)).toHaveCount(1);
  await selectWithMouse(page, text, 'Paris');
  await page.keyboard.press('7');
  await expect(regions(page)).toHaveText([/Name.*Ada/, /Place.*Paris/]);
  await page.getByRole('radio', { name: /Very sad/ }).check();
  await expectAccessible(page);
  // Taken back, it can be given again.
  await regions(page).first().hover();
  await regions(page).first().getByRole('button', { name: /^Delete/ }).click();
  await expect(labels.getByRole('button', { name: /Name/ })).toBeEnabled();
  await page.keyboard.press('Control+z');
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Submitted.')).toBeVisible();

  // The next task has what is written in the interface alone.
  await expect(text).toHaveText('Nobody met anybody.');
  await expect(labels.getByRole('button')).toHaveText([/Name.*0\/1/]);
  await expect(page.getByRole('radio')).toHaveCount(1);
  await expect(page.getByRole('textbox', { name: 'summary' })).toHaveValue('');

  const [task] = await exportJson(page, project, 'JSON');
  const stored = task.annotations[0].result.map(({ from_name, value }: any) => ({ from_name, value }));
  expect(stored).toEqual([
    { from_name: 'ner', value: { start: 0, end: 3, text: 'Ada', labels: ['Name'] } },
    { from_name: 'ner', value: { start: 17, end: 22, text: 'Paris', labels: ['Place'] } },
    { from_name: 'mood', value: { choices: ['sad'] } },
    { from_name: 'summary', value: { text: ['$5 for a summary'] } },
  ]);
});
