// Explanations in Markdown, and questions asked once for each entry of a list.
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { expect, expectAccessible, open, test } from '../../support/test';

const config = (mode: string) => `<View>
  <Markdown>
    ## How to judge

    Read **all** of it, [as told](https://example.com/rules).
  </Markdown>
  <Markdown value="$note"/>
  <Repeater on="$pages" mode="${mode}">
    <Text name="page_{{idx}}" value="$pages[{{idx}}].text"/>
    <Choices name="kind_{{idx}}" toName="page_{{idx}}" required="true"><Choice value="Good"/><Choice value="Bad"/></Choices>
  </Repeater>
</View>`;

const task = {
  note: '*Careful*: <img src=x onerror="window.harmed = 1"> [no](javascript:window.harmed=2)',
  pages: [{ text: 'First page.' }, { text: 'Second page.' }],
};

test('what explains is laid out, and what repeats is asked for each entry', async ({ app, page }) => {
  await newOwner(page, app, 'Judges');
  const project = await createProjectWith(page, app, 'Judging', config('list'));
  await importTasks(page, [task]);
  await open(page, `${project}/label`);
  await expect(page.getByRole('heading', { name: 'How to judge' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'as told' })).toHaveAttribute('target', '_blank');
  await expect(page.locator('em', { hasText: 'Careful' })).toBeVisible();
  await expect(page.getByText('<img src=x onerror')).toBeVisible();
  await expect(page.getByRole('link', { name: 'no', exact: true })).toHaveCount(0);

  const kind = (at: number) => page.locator(`[data-control="kind_${at}"]`);
  await expect(page.getByRole('textbox', { name: /^Text/ })).toHaveText(['First page.', 'Second page.']);
  await kind(1).getByRole('radio', { name: /Bad/ }).check();
  // Each is asked for; nobody can hand in at first sight.
  await expect(async () => {
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(kind(0).getByText('Please answer “Kind 0” before you submit.')).toBeVisible({ timeout: 500 });
  }).toPass();
  await kind(0).getByRole('radio', { name: /Good/ }).check();
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [done] = await exportJson(page, project, 'JSON');
  const stored = done.annotations[0].result.map(({ from_name, to_name, value }: any) => ({ from_name, to_name, value }));
  expect(stored.sort((a: any, b: any) => a.from_name.localeCompare(b.from_name))).toEqual([
    { from_name: 'kind_0', to_name: 'page_0', value: { choices: ['Good'] } },
    { from_name: 'kind_1', to_name: 'page_1', value: { choices: ['Bad'] } },
  ]);
});

test('entries are gone through page by page', async ({ app, page }) => {
  await newOwner(page, app, 'Pagers');
  const project = await createProjectWith(page, app, 'Paging', config('pagination'));
  await importTasks(page, [task]);
  await open(page, `${project}/label`);
  const entries = page.getByRole('region', { name: 'Entries, page by page' });
  await expect(entries.getByText('First page.')).toBeVisible();
  await expect(entries.getByText('Second page.')).toBeHidden();
  await expect(entries.getByText('1 of 2')).toBeVisible();
  await expect(entries.getByRole('button', { name: 'Previous' })).toBeDisabled();
  await entries.getByRole('button', { name: 'Next' }).click();
  await expect(entries.getByText('Second page.')).toBeVisible();
  await expect(entries.getByText('First page.')).toBeHidden();
  await expect(entries.getByRole('button', { name: 'Next' })).toBeDisabled();
  await expectAccessible(page);
});
