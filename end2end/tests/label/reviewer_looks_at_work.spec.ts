// Finished work is looked at: everything is to be seen, and neither mouse nor keyboard changes anything of it.
import { boxResult, createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { picture, regions } from '../../support/surface';
import { expect, expectAccessible, hydrated, open, test } from '../../support/test';

const CONFIG = `<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="objects" toName="image"><Label value="Animal"/><Label value="Object" hotkey="9"/></RectangleLabels>
  <Choices name="sharp" toName="image" choice="single"><Choice value="Sharp" hotkey="q"/><Choice value="Blurred"/></Choices>
  <TextArea name="words" toName="image"/>
</View>`;

const cat = boxResult('cat', 'Animal', [20, 20, 40, 50]);
const chair = boxResult('chair', 'Object', [60, 50, 20, 30]);
const answers = [
  { id: 'a1', from_name: 'sharp', to_name: 'image', type: 'choices', value: { choices: ['Blurred'] } },
  { id: 'a2', from_name: 'words', to_name: 'image', type: 'textarea', value: { text: ['A cat looks up.'] } },
];

test('work is looked at, and stays as it is', async ({ app, page }) => {
  await newOwner(page, app, 'Lookers');
  const project = await createProjectWith(page, app, 'Looked at', CONFIG);
  await importTasks(page, [
    {
      data: { image: '/demo/chelsea.jpg' },
      annotations: [{ result: [cat, ...answers] }, { result: [], was_cancelled: true }],
      predictions: [{ model_version: 'careful', score: 0.91, result: [cat, chair] }],
    },
    { data: { image: '/demo/coffee.jpg' } },
  ]);
  const before = await exportJson(page, project, 'JSON');

  await open(page, `${project}/data`);
  await page.getByRole('row').nth(1).getByRole('link').click();
  await page.waitForURL('**/tasks/*');
  const versions = page.getByRole('navigation', { name: 'Versions of the answers' }).getByRole('link');
  await expect(versions).toHaveCount(3);
  await versions.filter({ hasText: 'handed in' }).click();
  await page.waitForURL('**?annotation=*');
  await expect(regions(page)).toHaveText([/Animal/]);
  await expect(page.getByRole('radio', { name: 'Blurred' })).toBeChecked();
  await expectAccessible(page);

  // From here on nothing may be written: not by the page, whatever is pressed.
  const written: string[] = [];
  page.on('request', (request) => {
    if (/\/api\/(submit|skip|save_draft|heartbeat|write_comment|change_comment)$/.test(request.url())) written.push(request.url());
  });
  await page.reload();
  await hydrated(page);
  await expect(page.getByTitle('Actual size (Shift 0)')).toHaveText(/%/);
  const facts = () => regions(page).first().textContent();
  const told = await facts();

  // Picked, dragged, drawn over, typed at.
  const place = (await picture(page).boundingBox())!;
  const middle = { x: place.x + place.width / 2, y: place.y + place.height / 2 };
  await regions(page).first().getByRole('button').first().click();
  await expect(regions(page).first().getByRole('button').first()).toHaveAttribute('aria-pressed', 'true');
  for (const [x, y] of [[0, 0], [-40, -30], [60, 50]] as const) {
    await page.mouse.move(middle.x + x, middle.y + y);
    await page.mouse.down();
    await page.mouse.move(middle.x + x + 35, middle.y + y + 25, { steps: 3 });
    await page.mouse.up();
  }
  await regions(page).first().getByRole('button').first().click();
  for (const key of ['Delete', 'Backspace', '9', 'q', 'r', 'Enter', 'ArrowRight', 'Alt+ArrowRight', 'Control+d', 'Control+c', 'Control+v', 'Control+z', 'Control+Enter']) {
    await page.keyboard.press(key);
  }
  await expect(regions(page)).toHaveCount(1);
  expect(await facts()).toBe(told);
  await expect(page.getByRole('radio', { name: 'Blurred' })).toBeChecked();
  await expect(page.getByRole('radio', { name: 'Sharp' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Object', exact: false }).first()).toBeDisabled();
  await expect(page.getByRole('textbox', { name: 'words' })).toHaveValue('A cat looks up.');
  await expect(page.getByRole('textbox', { name: 'words' })).toBeDisabled();
  await expect(page.getByRole('button', { name: /^Delete|^Submit|^Update|^Skip|^Undo|^Box/ })).toHaveCount(0);
  // To look around is no change.
  const zoom = page.getByTitle('Actual size (Shift 0)');
  const fitted = await zoom.textContent();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect(zoom).not.toHaveText(fitted!);

  // The model's proposal, the skipped one, and the task after this one.
  await versions.filter({ hasText: 'Model careful' }).click();
  await expect(regions(page)).toHaveText([/Animal/, /Object/]);
  await expect(page.getByText('Score 0.91')).toBeVisible();
  await versions.filter({ hasText: 'skipped' }).click();
  await expect(page.getByText('Nothing is marked.')).toBeVisible();
  await page.goBack();
  await expect(regions(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Next task' }).click();
  await expect(page.getByText('Nobody has handed in anything yet.')).toBeVisible();
  await expect(page.getByText('Task 2', { exact: true }).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Previous task' }).click();
  await expect(versions).toHaveCount(3);
  expect(written).toEqual([]);

  const after = await exportJson(page, project, 'JSON');
  expect(after).toEqual(before);
});
