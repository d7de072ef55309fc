// A conversation goes on: messages are written, worded anew, judged one by one, and stored as they were said.
import { createProject, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { expect, expectAccessible, hydrated, open, test } from '../../support/test';

test('a conversation is gone on with and judged', async ({ app, page }) => {
  await newOwner(page, app, 'Talkers');
  const project = await createProject(page, app, 'Talks', 'Conversation with a model');
  const message = { role: 'assistant', content: 'They are cooling the hive.', createdAt: 1_757_612_212_681 };
  await importTasks(page, [
    {
      data: { messages: [{ role: 'user', content: 'Why do my bees hang outside?' }] },
      predictions: [{ model_version: 'keeper', result: [{ from_name: 'chat', to_name: 'chat', type: 'chatmessage', value: { chatmessage: message } }] }],
    },
  ]);
  await open(page, `${project}/label`);
  const chat = page.getByRole('region', { name: /^Chat/ });
  const texts = chat.locator('.chat-text');
  await expect(texts).toHaveText(['Why do my bees hang outside?', 'They are cooling the hive.']);
  await expectAccessible(page);

  // What is asked about answers appears with one that is picked.
  const rating = page.locator('[data-control="answer"]');
  await expect(rating).toBeHidden();
  await chat.getByRole('button', { name: 'Assistant' }).click();
  await rating.getByRole('button', { name: '4 of 5' }).click();
  await chat.getByRole('button', { name: 'Word this message anew' }).click();
  await chat.getByRole('textbox', { name: 'Message', exact: true }).fill('They are cooling the hive: it is called bearding.');
  await page.keyboard.press('Enter');
  await expect(texts.nth(1)).toHaveText('They are cooling the hive: it is called bearding.');

  const field = chat.getByRole('textbox', { name: 'New message' });
  await field.fill('Should I worry?');
  await field.press('Enter');
  await expect(texts).toHaveCount(3);
  await chat.getByLabel('Who speaks').selectOption('assistant');
  await field.fill('No.');
  await chat.getByRole('button', { name: 'Add' }).click();
  await field.fill('A slip.');
  await field.press('Enter');
  await expect(texts).toHaveCount(5);
  await expect(field).toHaveValue('');
  await texts.last().hover();
  await chat.getByRole('button', { name: 'Delete this message' }).last().click();
  await expect(texts).toHaveCount(4);
  await expect(page.getByText('Draft saved')).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(texts).toHaveText(['Why do my bees hang outside?', /bearding/, 'Should I worry?', 'No.']);

  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'Please rate the conversation.' })).toBeVisible();
  await page.locator('[data-control="overall"]').getByRole('button', { name: '5 of 5' }).click();
  // What stands in the field is meant, however the work is handed in.
  await field.fill('Thank you.');
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const result = task.annotations[0].result;
  const said = result.filter((item: any) => item.type === 'chatmessage');
  expect(said.map((item: any) => [item.value.chatmessage.role, item.value.chatmessage.content])).toEqual([
    ['assistant', 'They are cooling the hive: it is called bearding.'],
    ['user', 'Should I worry?'],
    ['assistant', 'No.'],
    ['user', 'Thank you.'],
  ]);
  expect(said[0]).toMatchObject({ origin: 'prediction-changed', value: { chatmessage: { createdAt: message.createdAt } } });
  const about = result.find((item: any) => item.from_name === 'answer');
  expect(about).toMatchObject({ id: said[0].id, type: 'rating', value: { rating: 4 } });
  expect(result.find((item: any) => item.from_name === 'overall').value).toEqual({ rating: 5 });
});
