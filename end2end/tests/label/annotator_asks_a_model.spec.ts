// A model is added to a project; an annotator points at a cat, the model proposes boxes, which are accepted, thrown away, or
// not there because the model fails.
import { Model } from '../../support/model';
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { clickAt, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const CAT = { width: 451, height: 300 };
const CONFIG = `<View><Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="Eye"/></RectangleLabels>
  <KeyPointLabels name="point" toName="image" smart="true"><Label value="Eye"/></KeyPointLabels></View>`;

/** A box around each point that says “this”, in percent of the picture. */
function boxes(prompts: any[]) {
  return prompts
    .filter(({ is_positive }) => is_positive)
    .map(({ value, original_width, original_height }, at) => ({
      id: `eye${at}`,
      from_name: 'box',
      to_name: 'image',
      type: 'rectanglelabels',
      original_width,
      original_height,
      image_rotation: 0,
      score: 0.875,
      value: { x: value.x - 5, y: value.y - 5, width: 10, height: 10, rotation: 0, rectanglelabels: ['Eye'] },
    }));
}

test('a model proposes what an annotator points at', async ({ app, page }) => {
  await newOwner(page, app, 'Pointers');
  const project = await createProjectWith(page, app, 'Eyes', CONFIG);
  await importTasks(page, [{ image: '/demo/chelsea.jpg' }, { image: '/demo/chelsea.jpg' }]);
  const model = await Model.start('synapse', 'open sesame');

  // Without a model the tool says so, and draws.
  await open(page, `${project}/label`);
  await showActualSize(page);
  const smart = page.getByRole('button', { name: 'Smart', exact: true });
  await smart.click();
  await expect(page.getByText('This project has no model to ask.')).toBeVisible();
  await expect(smart).toHaveAttribute('aria-pressed', 'false');

  await open(page, `${project}/settings/models`);
  await expect(page.getByRole('heading', { name: 'No models yet' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Add a model' }).click();
  const form = page.getByRole('dialog', { name: 'Add a model' });
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Points');
  await form.getByRole('textbox', { name: 'Address' }).fill('http://10.0.0.1/point');
  await form.getByRole('combobox', { name: 'Sign-in' }).selectOption('basic');
  await form.getByRole('textbox', { name: 'User name' }).fill('synapse');
  await form.getByRole('textbox', { name: 'Password' }).fill('wrong');
  await form.getByRole('button', { name: 'Add and check' }).click();
  await expect(form.getByText('leads into a private network')).toBeVisible();
  await form.getByRole('textbox', { name: 'Address' }).fill(model.url);
  await form.getByRole('button', { name: 'Add and check' }).click();
  // What does not work is stored and told where it can be mended; closed, it can be taken up again.
  const edit = page.getByRole('dialog', { name: 'Edit the model' });
  await expect(edit.getByText('Saved, but it does not work yet')).toBeVisible();
  await expect(edit.getByText('does not accept the user name and password')).toBeVisible();
  await expectAccessible(page);
  await edit.getByRole('button', { name: 'Close', exact: true }).last().click();
  const row = page.getByRole('region', { name: 'Models of the project' }).getByRole('listitem');
  await expect(row).toContainText('Not working');
  await expect(row).toContainText('does not accept the user name and password');
  await row.getByRole('button', { name: 'Manage Points' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await edit.getByRole('textbox', { name: 'Password' }).fill('open sesame');
  await edit.getByRole('button', { name: 'Save and check' }).click();
  await expect(row).toContainText('Connected');
  await expect(row).toContainText('points-1');
  await expect(row.getByRole('switch', { name: 'Asked while people draw' })).toBeChecked();
  await expectAccessible(page);
  expect(model.asked.at(-1)).toMatchObject({ path: '/point/setup', body: { schema: expect.stringContaining('smart="true"') } });

  await open(page, `${project}/label`);
  await showActualSize(page);
  await picture(page).focus();
  await page.keyboard.press('Shift+S');
  await expect(smart).toHaveAttribute('aria-pressed', 'true');
  const bar = page.getByRole('group', { name: 'Smart' });
  await expect(bar).toContainText('Draw, and “Points” proposes');

  // A model that fails loses nothing.
  model.predict = () => {
    throw new Error('out of memory');
  };
  const at = await clickAt(page, CAT, [150, 120]);
  await expect(bar).toContainText('failed with status 500');
  await expectAccessible(page);
  model.predict = ({ params }) => ({ results: [{ result: boxes(params.context.result), score: 0.875 }] });
  await bar.getByRole('button', { name: 'Try again' }).click();
  await expect(bar).toContainText('1 region suggested');
  await expect(regions(page)).toHaveCount(0);
  // Enter places nothing of its own between drawings made by hand. Nothing is handed in before it is decided.
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('accept, keep or discard it first')).toBeVisible();

  // Each point makes the question more exact, those with Alt say “not this”.
  await page.keyboard.down('Alt');
  await clickAt(page, CAT, [220, 200]);
  await page.keyboard.up('Alt');
  await expect.poll(() => model.prompts().length).toBe(2);
  await expect(bar).toContainText('1 region suggested');
  const second = await clickAt(page, CAT, [300, 120]);
  await expect(bar).toContainText('2 regions suggested');
  expect(model.prompts().map(({ type, origin, is_positive }: any) => [type, origin, is_positive])).toEqual([
    ['keypointlabels', 'manual', true],
    ['keypointlabels', 'manual', false],
    ['keypointlabels', 'manual', true],
  ]);
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press('Control+z');
  await expect(regions(page)).toHaveCount(0);
  await page.keyboard.press('Control+Shift+z');
  await expect(regions(page)).toHaveCount(2);

  // Thrown away, nothing is left of it.
  await clickAt(page, CAT, [60, 250]);
  await expect(bar).toContainText('1 region suggested');
  await page.keyboard.press('Escape');
  await expect(bar).toContainText('Draw, and “Points” proposes');
  await expect(regions(page)).toHaveCount(2);
  await bar.getByRole('checkbox', { name: 'Accept suggestions at once' }).check();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Task 2', { exact: true })).toBeVisible();

  // What somebody has decided and has in hand goes along to the next task.
  await showActualSize(page);
  await expect(smart).toHaveAttribute('aria-pressed', 'true');
  const third = await clickAt(page, CAT, [200, 150]);
  await expect(regions(page)).toHaveCount(1);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const tasks = await exportJson(page, project, 'JSON');
  const told = tasks.map(({ annotations }: any) => annotations[0].result.map(({ type, from_name, origin, score }: any) => ({ type, from_name, origin, score })));
  const proposed = { type: 'rectanglelabels', from_name: 'box', origin: 'prediction', score: 0.875 };
  expect(told).toEqual([[proposed, proposed], [proposed]]);
  const corner = ([x, y]: [number, number]) => [(x / CAT.width) * 100 - 5, (y / CAT.height) * 100 - 5];
  const corners = tasks.flatMap(({ annotations }: any) => annotations[0].result.map(({ value }: any) => [value.x, value.y]));
  [at, second, third].map(corner).forEach(([x, y], n) => {
    expect(corners[n][0]).toBeCloseTo(x!, 1);
    expect(corners[n][1]).toBeCloseTo(y!, 1);
  });

  // Taken out again, after one has been asked.
  await open(page, `${project}/settings/models`);
  await row.getByRole('button', { name: 'Manage Points' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'No models yet' })).toBeVisible();
  await model.stop();
});
