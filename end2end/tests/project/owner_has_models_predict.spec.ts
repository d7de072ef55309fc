// An owner has a model predict all tasks of a project and learn from the work, and holds its versions against what people said.
import { Model } from '../../support/model';
import { createProjectWith, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { expect, expectAccessible, open, test } from '../../support/test';

const CONFIG = `<View><Text name="text" value="$text"/>
  <Choices name="mood" toName="text"><Choice value="Happy"/><Choice value="Sad"/></Choices></View>`;

function mood(choice: string) {
  return { from_name: 'mood', to_name: 'text', type: 'choices', value: { choices: [choice] } };
}

test('an owner has a model predict many tasks', async ({ app, page }) => {
  await newOwner(page, app, 'Predictors');
  const project = await createProjectWith(page, app, 'Moods', CONFIG);
  await importTasks(page, [
    { data: { text: 'one' }, annotations: [{ result: [mood('Happy')] }] },
    { data: { text: 'two' }, annotations: [{ result: [mood('Sad')] }] },
    { data: { text: 'broken' } },
  ]);
  const model = await Model.start('synapse', 'open sesame');
  model.predict = ({ tasks }) => {
    if (tasks.some(({ data }: any) => data.text === 'broken')) throw new Error('out of memory');
    return { results: tasks.map(() => ({ result: [mood('Happy')], score: 0.75, model_version: 'cheerful' })) };
  };

  await open(page, `${project}/settings/models`);
  await page.getByRole('button', { name: 'Add a model' }).click();
  const form = page.getByRole('dialog', { name: 'Add a model' });
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Moods');
  await form.getByRole('textbox', { name: 'Description' }).fill('Hears the mood of a text');
  await form.getByRole('textbox', { name: 'Address' }).fill(model.url);
  await form.getByRole('combobox', { name: 'Sign-in' }).selectOption('basic');
  await form.getByRole('textbox', { name: 'User name' }).fill('synapse');
  await form.getByRole('textbox', { name: 'Password' }).fill('open sesame');
  await form.getByRole('button', { name: 'Add and check' }).click();
  const row = page.getByRole('region', { name: 'Models of the project' }).getByRole('listitem');
  await expect(row).toContainText('Connected');
  await expect(row).toContainText('Hears the mood of a text');

  // One task breaks the model: the others have their predictions, and the reason is told.
  await row.getByRole('button', { name: 'Manage Moods' }).click();
  await page.getByRole('menuitem', { name: 'Predict all tasks' }).click();
  const round = page.getByRole('region', { name: 'Latest predictions' });
  await expect(round).toContainText('Retrieved 2 predictions; 1 task failed');
  await expect(round).toContainText('With failures');
  const versions = page.getByRole('region', { name: 'Versions of models' });
  const cells = versions.getByRole('row', { name: 'cheerful' }).getByRole('cell');
  await expect(cells).toHaveText(['2', '0.75', '2', '50%', /./]);
  await expectAccessible(page);

  // Whose predictions count is chosen here, and when the model learns.
  const wishes = page.getByRole('form', { name: 'Predictions and training' });
  await wishes.getByRole('combobox', { name: 'Predictions that count' }).selectOption('cheerful');
  await wishes.getByRole('checkbox', { name: 'Ask about tasks as they are handed out' }).check();
  await wishes.getByRole('spinbutton', { name: 'Train after so many new annotations' }).fill('-3');
  await wishes.getByRole('button', { name: 'Save' }).click();
  await expect(wishes.getByText('Please enter a number from 0 to')).toBeVisible();
  await wishes.getByRole('spinbutton', { name: 'Train after so many new annotations' }).fill('20');
  await wishes.getByRole('button', { name: 'Save' }).click();
  await expect(versions.getByRole('row', { name: 'cheerful' })).toContainText('Counts');
  await row.getByRole('button', { name: 'Manage Moods' }).click();
  await page.getByRole('menuitem', { name: 'Train now' }).click();
  await expect(row).toContainText('since it was trained');
  await expect.poll(() => model.told.map(({ action }) => action)).toContain('START_TRAINING');
  await model.stop();
});

test('what a model is least sure of is labeled first', async ({ app, page }) => {
  await newOwner(page, app, 'Doubters');
  const project = await createProjectWith(page, app, 'Doubts', CONFIG);
  const sure = (text: string, score: number) => ({ data: { text }, predictions: [{ model_version: 'v1', score, result: [mood('Happy')] }] });
  await importTasks(page, [sure('clear', 0.9), { data: { text: 'unknown' } }, sure('doubtful', 0.2), sure('fair', 0.5)]);
  await open(page, `${project}/settings`);
  const order = page.getByRole('combobox', { name: 'Order of tasks' });
  await order.selectOption('Most uncertain first');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await open(page, `${project}/settings`);
  await expect(order).toHaveValue('UNCERTAINTY');

  await open(page, `${project}/label`);
  for (const text of ['doubtful', 'fair', 'clear', 'unknown']) {
    await expect(page.getByRole('main')).toContainText(text);
    await page.keyboard.press('2');
    await page.keyboard.press('Control+Enter');
  }
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
});
