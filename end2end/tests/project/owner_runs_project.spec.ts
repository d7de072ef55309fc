// A project from its first day to its last: found, renamed, taken live, paused, copied, thrown away and taken back.
import { createProject, importFiles } from '../../support/project';
import { DEMO, newOwner, signIn } from '../../support/session';
import { expect, expectAccessible, hydrated, open, test } from '../../support/test';

test('an owner takes a project live, pauses it, and sees its history', async ({ app, page }) => {
  await newOwner(page, app, 'Lifecycle');
  const project = await createProject(page, app, 'Coins', 'Object detection');
  await open(page, project);
  await expect(page.getByRole('heading', { name: 'Bring the first data in' })).toBeVisible();
  // Not before there is something to hand out.
  await page.getByRole('button', { name: 'Go live' }).click();
  const dialog = page.getByRole('dialog', { name: 'Not ready to go live' });
  await expect(dialog).toContainText('Tasks');
  await expectAccessible(page);
  await dialog.getByRole('link', { name: 'Import' }).click();
  await page.waitForURL('**/import');
  await importFiles(page, ['images/coins.jpg', 'images/chelsea.jpg'], 2);

  // Trying it out is possible, and not taken for the real thing.
  await open(page, `${project}/label`);
  await expect(page.getByRole('status').filter({ hasText: 'Not live yet' })).toContainText('Only people who manage the project get its tasks');
  await expectAccessible(page);

  await open(page, project);
  await page.getByRole('button', { name: 'Go live' }).first().click();
  await expect(page.getByText('The project is live')).toBeVisible();
  const main = page.getByRole('main');
  await expect(main.getByText('Live', { exact: true })).toBeVisible();
  await main.getByRole('button', { name: 'Pause' }).click();
  await expect(main.getByText('Paused', { exact: true })).toBeVisible();
  await open(page, `${project}/label`);
  await expect(page.getByRole('heading', { name: 'This project is paused' })).toBeVisible();
  await open(page, project);
  await main.getByRole('button', { name: 'Resume' }).click();
  await expect(main.getByText('Live', { exact: true })).toBeVisible();
  await open(page, `${project}/label`);
  await expect(page.getByText('Task 1', { exact: true })).toBeVisible();
  await expect(page.getByText('Not live yet')).toHaveCount(0);
  await open(page, project);

  // Tasks are still open: completing asks first.
  await main.getByRole('button', { name: 'More states' }).click();
  await page.getByRole('menuitem', { name: 'Mark as completed' }).click();
  await expect(page.getByRole('dialog')).toContainText('2 tasks are not labeled yet');
  await page.getByRole('button', { name: 'Go ahead' }).click();
  await expect(main.getByText('Completed', { exact: true })).toBeVisible();
  await main.getByRole('button', { name: 'States', exact: true }).click();
  const history = page.getByRole('dialog', { name: 'States of the project' });
  await expect(history.getByRole('listitem')).toHaveText([/^Completed/, /^Live/, /^Paused/, /^Live/, /^Not live yet/]);
  await expectAccessible(page);
});

test('the menu of a project renames, paints, copies, deletes and takes back', async ({ app, page }) => {
  await newOwner(page, app, 'Menus');
  await createProject(page, app, 'First draft', 'Image classification');
  await open(page, `${app.url}/projects`);
  const menu = async (title: string, item: string) => {
    await page.getByRole('button', { name: `More about ${title}` }).click();
    await page.getByRole(item === 'violet' ? 'menuitemradio' : 'menuitem', { name: item }).click();
  };
  await menu('First draft', 'Rename');
  const name = page.getByRole('dialog').getByRole('textbox', { name: 'Name' });
  await name.fill('x');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
  await name.fill('Second draft');
  await name.press('Enter');
  await expect(page.getByRole('link', { name: 'Second draft' })).toBeVisible();

  await menu('Second draft', 'violet');
  await expect(page.locator('.project-card[data-color=violet]')).toBeVisible();
  await menu('Second draft', 'Duplicate');
  await expect(page.getByRole('link', { name: 'Copy of Second draft' })).toBeVisible();
  await menu('Copy of Second draft', 'Move to the bin');
  await expect(page.getByRole('link', { name: 'Copy of Second draft' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('link', { name: 'Copy of Second draft' })).toBeVisible();
  await menu('Copy of Second draft', 'Move to the bin');
  await expect(page.getByRole('link', { name: 'Copy of Second draft' })).toHaveCount(0);
  await open(page, `${app.url}/projects?bin=1`);
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('heading', { name: 'The bin is empty' })).toBeVisible();

  // By keyboard alone, and by state.
  await open(page, `${app.url}/projects?view=table`);
  await page.getByRole('button', { name: 'More about Second draft' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Open' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await page.getByLabel('State', { exact: true }).selectOption('Live');
  await expect(page.getByText('No project is “Live”.')).toBeVisible();
  await page.getByRole('link', { name: 'Show all projects' }).click();
  await expect(page.getByRole('link', { name: 'Second draft', exact: true })).toBeVisible();
  await expect(page.getByLabel('State', { exact: true })).toHaveValue('');
});

test('the palette finds projects, their pages and tasks', async ({ demoApp, page }) => {
  await signIn(page, demoApp, DEMO.owner);
  await open(page, `${demoApp.url}/projects/2`);
  const search = page.getByRole('combobox', { name: 'Search pages and actions' });
  const first = page.getByRole('option').first();
  await page.keyboard.press('Control+k');
  await search.fill('rights');
  await expect(first).toHaveText(/Human rights in eight languages/);
  await search.fill('#17');
  await expect(first).toHaveText('Task #17 of Human rights in eight languages');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/projects/2/label?task=*');
  await expect(page.getByText('Task 17', { exact: true })).toBeVisible();

  // What was opened last comes first.
  await open(page, `${demoApp.url}/org`);
  await page.keyboard.press('Control+k');
  await expect(first).toHaveText(/Human rights in eight languages/);
  await search.fill('everyday');
  await expect(first).toHaveText(/Everyday things/);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/projects/1');
});

test('an annotator sees their own work and nothing to manage', async ({ demoApp, page }) => {
  await signIn(page, demoApp, DEMO.annotator1);
  await open(page, `${demoApp.url}/projects/1`);
  const main = page.getByRole('main');
  await expect(main.getByText('Live', { exact: true })).toBeVisible();
  await expect(main.getByRole('heading', { name: 'You', exact: true })).toBeVisible();
  for (const name of ['Pause', 'More states', 'States']) await expect(main.getByRole('button', { name })).toHaveCount(0);
  await expect(main.getByRole('heading', { name: 'Activity' })).toHaveCount(0);
  await expectAccessible(page);
  for (const address of ['/projects/1/settings/general', '/projects/new']) {
    const answer = await page.goto(demoApp.url + address);
    expect(answer?.status(), address).toBe(403);
  }
  await open(page, `${demoApp.url}/projects`);
  await expect(page.getByRole('link', { name: 'Everyday things' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'New project' })).toHaveCount(0);
});

test('templates can be tried where they are chosen, and mistakes have a place', async ({ app, page }) => {
  await newOwner(page, app, 'Wizards');
  await open(page, `${app.url}/projects/new`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Trying things');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Sentiment and rating' }).click();
  const preview = page.getByRole('region', { name: 'Preview of the labeling interface' });
  await preview.getByRole('radio').first().click();
  await expect(preview.getByRole('radio').first()).toBeChecked();
  await page.getByRole('button', { name: 'Try it' }).click();
  const trial = page.getByRole('dialog', { name: 'Try it' });
  await expect(trial.getByRole('radio').first()).not.toBeChecked();
  await page.keyboard.press('1');
  await expect(trial.getByRole('radio').first()).toBeChecked();
  await expectAccessible(page);
  await trial.getByRole('button', { name: 'Close' }).click();

  const code = page.getByRole('textbox', { name: 'Labeling interface' });
  const write = async (text: string) => {
    await code.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(text);
  };
  await write('<View>\n  <Text name="t" value="$text"/>\n  <Choices name="c" toName="nowhere"><Choice value="A"/></Choices>\n</View>');
  const problem = page.locator('.problem').first();
  await expect(problem).toContainText('3:');
  await expect(problem).toContainText('nowhere');
  await write('<View>\n  <Text name="t" value="$text"/>\n  <Text name="t" value="$other"/>\n</View>');
  await expect(problem).toContainText('3:');
  await write('<View>\n  <Text name="t"\n</View>');
  await expect(problem).toContainText(/\d+:\d+/);
  await expect(page.getByText('As it was before the errors')).toBeVisible();
});

test('what is begun and not saved is there again after a way round', async ({ app, page }) => {
  await newOwner(page, app, 'Begun things');
  await open(page, `${app.url}/projects/new`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Half a project');
  await page.getByRole('textbox', { name: 'Description' }).fill('For later');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Object detection' }).click();
  const code = page.getByRole('textbox', { name: 'Labeling interface' });
  await expect(code).toContainText('Draw a tight box');
  // The browser's own way back goes a step back.
  await page.goBack();
  await expect(page.getByRole('region', { name: 'Data' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Half a project');
  await page.goForward();
  await expect(page.getByRole('region', { name: 'Data' })).toBeVisible();
  // Elsewhere, and back.
  await open(page, `${app.url}/account`);
  await open(page, `${app.url}/projects/new?step=interface`);
  await expect(page.getByText('What you had begun is here again')).toBeVisible();
  await expect(code).toContainText('Draw a tight box');
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.waitForURL('**/projects/*/import');
  const project = page.url().replace(/\/import$/, '');
  await open(page, `${app.url}/projects/new`);
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('');

  await open(page, `${project}/settings/instructions`);
  const instructions = page.getByRole('textbox', { name: 'Instructions' });
  await instructions.fill('Only what is whole.');
  await page.getByRole('link', { name: 'People' }).click();
  await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Instructions' }).click();
  await expect(instructions).toHaveValue('Only what is whole.');
  await expect(page.getByText('What you had not saved is here again')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await open(page, `${project}/settings/instructions`);
  await expect(instructions).toHaveValue('Only what is whole.');
  await expect(page.getByText('What you had not saved is here again')).toHaveCount(0);
});

test('the keyboard goes on where it was, or with the page that came', async ({ demoApp, page }) => {
  await signIn(page, demoApp, DEMO.owner);
  await open(page, `${demoApp.url}/projects`);
  const more = page.getByRole('button', { name: 'More about Everyday things' });
  await more.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Rename' }).press('Enter');
  await expect(page.getByRole('dialog', { name: 'Rename the project' }).getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(more).toBeFocused();
  await page.getByRole('link', { name: 'Everyday things' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/projects/1');
  await expect(page.getByRole('main')).toBeFocused();
  // A page that is loaded begins where the browser says.
  await open(page, `${demoApp.url}/projects/1/data`);
  await page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: 'Overview' }).click();
  await page.waitForURL('**/projects/1');
  await expect(page.getByRole('main')).toBeFocused();
  await page.reload();
  await hydrated(page);
  await expect(page.getByText('Work per day').first()).toBeVisible();
  const isBodys = await page.evaluate(async () => {
    for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
    return document.activeElement === document.body && window.scrollY === 0;
  });
  expect(isBodys).toBe(true);
});

test('people are taken out one after the other, and taken back', async ({ demoApp, page }) => {
  await signIn(page, demoApp, DEMO.owner);
  await open(page, `${demoApp.url}/projects/3/settings/people`);
  const people = page.getByRole('region', { name: 'People of the project' }).getByRole('listitem');
  await expect(people).toHaveText([/Nadia Rahman/, /Jonas Lindqvist/, /Mei Tanaka/, /Samuel Okoye/]);
  await page.getByRole('button', { name: 'Take Jonas Lindqvist out' }).click();
  await expect(people).toHaveCount(3);
  await page.getByRole('button', { name: 'Take Mei Tanaka out' }).click();
  await expect(people).toHaveText([/Nadia Rahman/, /Samuel Okoye/]);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(people).toHaveText([/Nadia Rahman/, /Mei Tanaka/, /Samuel Okoye/]);
  await page.getByLabel('Person', { exact: true }).selectOption({ label: 'Jonas Lindqvist (reviewer@demo.test)' });
  await page.getByLabel('Role', { exact: true }).selectOption('Reviewer');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(people).toHaveCount(4);
});

test('a wizard by keyboard alone: each step begins where it is', async ({ app, page }) => {
  await newOwner(page, app, 'Keys');
  await open(page, `${app.url}/projects/new`);
  await page.keyboard.type('Made by keys');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Data' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('radio', { name: /Import files next/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Labeling interface', exact: true })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: /^Object detection/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Create project' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Labeling interface', exact: true })).toBeFocused();
  await expectAccessible(page);
});

test('on a phone the tab one is on is on the screen', async ({ demoApp, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, demoApp, DEMO.owner);
  for (const [address, tab] of [['export', 'Export'], ['settings', 'Settings'], ['data', 'Data']]) {
    await open(page, `${demoApp.url}/projects/1/${address}`);
    const link = page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: tab });
    // A fraction of a pixel may be beyond the edge: the browser scrolls by whole ones.
    await expect(link).toBeInViewport({ ratio: 0.98 });
  }
});
