// Questions that draw nothing, each answered by hand and read back from the export.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { createProject, createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { drawBox, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';
import type { App } from '../../support/app';

/** A project of a template with one task, opened for labeling. */
async function begin(page: Page, app: App, who: string, template: string, data: object): Promise<string> {
  await newOwner(page, app, who);
  const project = await createProject(page, app, who, template);
  await importTasks(page, [data]);
  await open(page, `${project}/label`);
  return project;
}

/** Hands in, and reads what was stored: control by control, without the ids. */
async function submitted(page: Page, project: string): Promise<Record<string, unknown>> {
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [task] = await exportJson(page, project, 'JSON');
  return Object.fromEntries(task.annotations[0].result.map(({ from_name, value }: any) => [from_name, value]));
}

test('a tree is searched and picked from by keyboard alone', async ({ app, page }) => {
  const project = await begin(page, app, 'taxonomy', 'Taxonomy File items', { name: 'Pump', description: 'Fits both common valves.' });
  // At once and with nothing in focus: keys are answered however new the page is.
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('alert').getByText('Please file it somewhere.')).toBeVisible();
  const open = page.locator('summary', { hasText: 'Open a category' });
  await expect(open).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('tool');
  await expect(page.getByRole('treeitem')).toHaveText(['Outdoors', 'Cycling', 'Tools']);
  await expect(page.getByRole('treeitem', { name: 'Tools' })).toHaveAttribute('aria-level', '3');
  // The first that is called so, not what leads there.
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('treeitem', { name: 'Tools' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Outdoors › Cycling › Tools')).toBeVisible();
  // Branches open and close, and cannot be picked where only leaves can.
  await page.getByRole('searchbox').fill('');
  const home = page.getByRole('treeitem', { name: 'Home' });
  await home.focus();
  await page.keyboard.press('ArrowRight');
  await expect(home).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('treeitem', { name: 'Kitchen' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('treeitem', { name: 'Appliances' })).toBeVisible();
  // Escape folds the tree away and gives the keyboard back; so does a click beside it.
  await page.keyboard.press('Escape');
  await expect(page.getByRole('tree')).toBeHidden();
  await expect(open).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tree')).toBeVisible();
  await page.getByRole('heading', { name: 'Pump' }).click();
  await expect(page.getByRole('tree')).toBeHidden();
  expect(await submitted(page, project)).toEqual({ category: { taxonomy: [['Outdoors', 'Cycling', 'Tools']] } });
});

test('a tree of another server is fetched branch by branch, where the project allows it', async ({ app, page }) => {
  // Answers with what is below the way it is asked for; shares nothing with pages of other sites.
  const server = http.createServer((request, answer) => {
    const way = new URL(request.url!, 'http://here').searchParams.getAll('path').join('/');
    const below: Record<string, unknown> = { '': [{ value: 'Home', isLeaf: false }, 'Office'], Home: { items: ['Pots', 'Pans'] } };
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify(below[way] ?? 'nothing'));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    await newOwner(page, app, 'Foresters');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tree`;
    const project = await createProjectWith(
      page,
      app,
      'Far trees',
      `<View><Text name="text" value="$text"/><Taxonomy name="kind" toName="text" apiUrl="${address}"/></View>`,
    );
    await importTasks(page, [{ text: 'Pump' }]);
    const desk = await page.context().newPage();
    await open(desk, `${project}/label`);
    await desk.locator('summary', { hasText: 'Choose' }).click();
    await expect(desk.getByRole('alert')).toContainText('Settings, General, Media');
    await expectAccessible(desk);

    await open(page, `${project}/settings`);
    await page.getByRole('checkbox', { name: 'Load media and trees of other servers through Synapse' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved')).toBeVisible();
    await desk.getByRole('button', { name: 'Try again' }).click();
    await expect(desk.getByRole('treeitem')).toHaveText(['Home', 'Office']);
    await desk.getByRole('treeitem', { name: 'Home' }).focus();
    await desk.keyboard.press('ArrowRight');
    await expect(desk.getByRole('treeitem')).toHaveText(['Home', 'Pots', 'Pans', 'Office']);
    await desk.getByRole('treeitem', { name: 'Pans' }).click();
    expect(await submitted(desk, project)).toEqual({ kind: { taxonomy: [['Home', 'Pans']] } });
  } finally {
    server.close();
  }
});

test('one of two texts is chosen', async ({ app, page }) => {
  const project = await begin(page, app, 'pairwise', 'Compare two texts', { task: 'Which?', left: 'One.', right: 'Another.' });
  await page.getByRole('button', { name: /^Left/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Right/ })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('2');
  expect(await submitted(page, project)).toEqual({
    better: { selected: 'right' },
    reasons: { choices: ['More complete'] },
  });
});

test('answers are dragged into buckets, and moved by keys', async ({ app, page }) => {
  const answers = ['a', 'b', 'c'].map((id) => ({ id, title: `Answer ${id}`, body: `This is ${id}.` }));
  const project = await begin(page, app, 'ranker', 'Rank model answers', { prompt: 'Say something.', answers });
  const card = (id: string) => page.locator(`[data-item="${id}"]`);
  const bucket = (name: string) => page.locator(`[data-bucket="${name}"]`);
  const from = (await card('c').boundingBox())!;
  const to = (await bucket('good').boundingBox())!;
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 6 });
  await expect(bucket('good')).toHaveAttribute('data-over', '');
  await page.mouse.up();
  await expect(bucket('good').locator('[data-item]')).toHaveText([/Answer c/]);
  await card('a').focus();
  for (const key of ['Space', 'ArrowRight', 'ArrowUp', 'Space']) await page.keyboard.press(key);
  await expect(bucket('good').locator('[data-item]')).toHaveText([/Answer a/, /Answer c/]);
  await card('b').focus();
  for (const key of ['Space', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await expect(bucket('bad').locator('[data-item]')).toHaveText([/Answer b/]);
  await page.keyboard.press('Escape');
  await expect(bucket('_').locator('[data-item]')).toHaveText([/Answer b/]);
  expect(await submitted(page, project)).toEqual({ ranking: { ranker: { _: ['b'], good: ['a', 'c'], bad: [] } } });
});

test('a record is read and its date is corrected', async ({ app, page }) => {
  const record = { Invoice: '2024-118', Issued: '2024-02-30', Total: '57.90' };
  const project = await begin(page, app, 'record', 'Check a record', { record });
  await expect(page.getByRole('row', { name: 'Issued 2024-02-30' })).toBeVisible();
  await page.keyboard.press('2');
  await page.getByLabel('issued', { exact: true }).fill('2024-02-29');
  // Handed in from the field, without leaving it.
  await expect(page.getByLabel('issued', { exact: true })).toBeFocused();
  expect(await submitted(page, project)).toEqual({
    verdict: { choices: ['Wrong'] },
    issued: { datetime: '2024-02-29' },
  });
});

test('stars, a number by its slider and choices that begin picked are stored', async ({ app, page }) => {
  await newOwner(page, app, 'scales');
  const config = `<View><Text name="text" value="$text"/>
    <Rating name="stars" toName="text" maxRating="4" hotkey="s"/>
    <Number name="pages" toName="text" min="0" max="10" step="2" slider="true"/>
    <Choices name="tone" toName="text" choice="multiple"><Choice value="Warm" selected="true" hint="As to a friend"/><Choice value="Cold" alias="c"/></Choices></View>`;
  const project = await createProjectWith(page, app, 'Scales', config);
  await importTasks(page, [{ text: 'Dear all' }]);
  await open(page, `${project}/label`);
  await expect(page.getByRole('checkbox', { name: 'Warm' })).toBeChecked();
  await expect(page.getByTitle('As to a friend')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Cold' }).check();
  await page.getByRole('button', { name: '3 of 4' }).click();
  await expect(page.getByRole('button', { name: '3 of 4' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('slider', { name: 'pages, as a slider' }).focus();
  for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
  await expect(page.getByRole('spinbutton', { name: 'pages', exact: true })).toHaveValue('4');
  expect(await submitted(page, project)).toEqual({
    stars: { rating: 3 },
    pages: { number: 4 },
    tone: { choices: ['Warm', 'c'] },
  });
});

test('what keeps a form back is told where it is, and a project that is not live says so', async ({ app, page }) => {
  await newOwner(page, app, 'form');
  const config = `<View><Text name="text" value="$text"/>
    <Choices name="kind" toName="text" layout="select" required="true"><Choice value="Letter"/><Choice value="Bill"/></Choices>
    <DateTime name="month" toName="text" only="month,year"/>
    <TextArea name="note" toName="text" required="true" requiredMessage="Please write a note."/>
    <Relations><Relation value="answers"/></Relations></View>`;
  const project = await createProjectWith(page, app, 'Forms', config);
  await importTasks(page, [{ text: 'Dear all' }]);
  await open(page, `${project}/label`);
  await expect(page.getByRole('status').filter({ hasText: 'Not live yet' })).toBeVisible();
  await expect(page.getByText('cannot be answered in this version')).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeHidden();

  await page.keyboard.press('Control+Enter');
  const kind = page.getByRole('combobox', { name: 'kind' });
  await expect(kind).toBeFocused();
  await expect(page.getByRole('alert').getByText('Please write a note.')).toBeVisible();
  await expectAccessible(page);
  await kind.selectOption('Bill');
  await page.getByRole('combobox', { name: 'month: month' }).selectOption('February');
  await page.getByRole('textbox', { name: 'note' }).fill('Paid.');
  // A field that speaks up only when it is left has been heard too.
  await page.getByRole('spinbutton', { name: 'month: year' }).click();
  await page.keyboard.type('2024');
  expect(await submitted(page, project)).toEqual({
    kind: { choices: ['Bill'] },
    month: { datetime: '2024-02' },
    note: { text: ['Paid.'] },
  });
});

test('a question that regions still wait for leads to the first of them, beside a picture that keeps its place', async ({ app, page }) => {
  await newOwner(page, app, 'regions');
  const config = `<View><Image name="image" value="$image"/>
    <RectangleLabels name="box" toName="image"><Label value="Cat"/></RectangleLabels>
    <View visibleWhen="region-selected"><Header value="How sure?"/>
    <Choices name="sure" toName="image" perRegion="true" required="true"><Choice value="Very"/><Choice value="Barely"/></Choices></View></View>`;
  const project = await createProjectWith(page, app, 'Sure', config);
  await importTasks(page, [{ image: '/demo/chelsea.jpg' }]);
  await open(page, `${project}/label`);
  await showActualSize(page);
  const place = await picture(page).boundingBox();
  const size = { width: 451, height: 300 };
  await page.keyboard.press('1');
  await drawBox(page, size, [20, 20, 100, 80]);
  await drawBox(page, size, [250, 120, 100, 80]);
  const panel = page.getByRole('complementary', { name: 'Regions' });
  await expect(panel.getByText('How sure?')).toBeVisible();
  expect(await picture(page).boundingBox()).toEqual(place);
  await page.keyboard.press('Escape');
  await expect(panel.getByText('How sure?')).toBeHidden();

  await page.keyboard.press('Control+Enter');
  await expect(regions(page).first().getByRole('button').first()).toHaveAttribute('aria-pressed', 'true');
  await expect(panel.getByRole('alert')).toHaveText('Please answer “Sure” for each region (2 to go).');
  await expect(panel.getByRole('radio', { name: 'Very' })).toBeFocused();
  await expect(regions(page).getByTitle('A required question about it has no answer')).toHaveCount(2);
  await expectAccessible(page);
  await page.keyboard.press('Space');
  await expect(regions(page).getByTitle('A required question about it has no answer')).toHaveCount(1);
  await page.keyboard.press('Control+Enter');
  await expect(regions(page).nth(1).getByRole('button').first()).toHaveAttribute('aria-pressed', 'true');
  await panel.getByRole('radio', { name: 'Barely' }).check();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Submitted.')).toBeVisible();
});

test('one region points at another', async ({ app, page }) => {
  const project = await begin(page, app, 'relations', 'Object detection', { image: '/demo/chelsea.jpg' });
  await showActualSize(page);
  const size = { width: 451, height: 300 };
  await drawBox(page, size, [20, 20, 100, 80]);
  await drawBox(page, size, [250, 120, 100, 80]);
  await expect(regions(page)).toHaveCount(2);
  await page.keyboard.press('a');
  await expect(page.getByText('Pick the region that')).toBeVisible();
  await regions(page).first().getByRole('button').first().click();
  const row = page.getByRole('region', { name: 'Relations' }).getByRole('listitem');
  await expect(row).toHaveCount(1);
  await expect(page.locator('.relation-path')).toHaveCount(1);
  await row.getByRole('button', { name: /^Turn/ }).click();
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [task] = await exportJson(page, project, 'JSON');
  const [first, second, relation] = task.annotations[0].result;
  expect(relation).toEqual({ type: 'relation', from_id: second.id, to_id: first.id, direction: 'left' });
});
