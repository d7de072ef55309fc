// A question about a box: written, kept, answered by a reviewer, settled, and never a part of the work.
import type { Page } from '@playwright/test';
import { createProject, exportJson, importTasks } from '../../support/project';
import { newAnnotator, newOwner } from '../../support/session';
import { drawBox, picture, regions, showActualSize } from '../../support/surface';
import { expect, expectAccessible, hydrated, open, test } from '../../support/test';

const CHELSEA = { width: 451, height: 300 };

const comments = (page: Page) => page.getByRole('complementary', { name: 'Comments' });
const threads = (page: Page) => comments(page).getByRole('list').first().getByRole('listitem');
const box = (page: Page) => comments(page).getByRole('textbox', { name: 'Comment', exact: true });
const opener = (page: Page) => page.getByRole('button', { name: /^Comments/ });

test('a question about a region is asked, answered and settled', async ({ app, browser, page }) => {
  // Two people, three pages held against the rules of accessibility: a long story.
  test.slow();
  await newOwner(page, app, 'Askers');
  const project = await createProject(page, app, 'Asked', 'Object detection');
  await importTasks(page, [{ image: '/demo/chelsea.jpg' }, { image: '/demo/coffee.jpg' }]);
  await open(page, project);
  await page.getByRole('button', { name: 'Go live' }).first().click();
  await expect(page.getByText('The project is live: its tasks are handed out')).toBeVisible();
  const desk = await newAnnotator(page, app, browser, project);
  await open(desk, `${project}/label`);
  await showActualSize(desk);
  await desk.keyboard.press('3');
  const drawn = await drawBox(desk, CHELSEA, [100, 30, 200, 200]);
  await expect(regions(desk)).toHaveText([/Animal/]);

  await opener(desk).click();
  await expect(comments(desk).getByText('Nothing has been said about this task yet.')).toBeVisible();
  await expect(comments(desk).getByText('About: Animal 1')).toBeVisible();
  // Whoever opens it goes on by writing: no letter is taken for a key of the picture.
  await expect(box(desk)).toBeFocused();
  await expectAccessible(desk);
  // Without a connection the words stay, with the reason.
  await desk.context().setOffline(true);
  await box(desk).fill('Is the tail a part of it?');
  await box(desk).press('Control+Enter');
  await expect(comments(desk).getByRole('alert')).toContainText('could not be reached');
  await expect(box(desk)).toHaveValue('Is the tail a part of it?');
  await desk.context().setOffline(false);
  // Ctrl Enter sends the comment, not the work.
  await box(desk).press('Control+Enter');
  await expect(threads(desk)).toHaveText([/About: Animal 1.*Is the tail a part of it\?/s]);
  await expect(box(desk)).toHaveValue('');
  await expect(desk.getByText('Task 1', { exact: true })).toBeVisible();
  await expect(desk.getByText('Submitted.')).toHaveCount(0);
  await box(desk).fill('And what of the whiskers');

  // Found again after a reload, with what was not sent yet; the pin leads to the region.
  await expect(desk.getByText('Draft saved')).toBeVisible();
  await desk.reload();
  await hydrated(desk);
  await expect(threads(desk)).toHaveCount(1);
  await expect(box(desk)).toHaveValue('And what of the whiskers');
  await box(desk).fill('');
  await threads(desk).getByRole('button', { name: 'About: Animal 1' }).click();
  await expect(comments(desk).locator('.comment-composer').getByText('About: Animal 1')).toBeVisible();
  await comments(desk).getByRole('button', { name: 'Close comments' }).click();
  await expect(regions(desk).getByText('1 comment')).toBeVisible();
  await expect(regions(desk).getByRole('button').first()).toHaveAttribute('aria-pressed', 'true');
  // The pin on the picture stands at its corner, and leads to what is said.
  await showActualSize(desk);
  const pin = picture(desk).getByRole('button', { name: '1 comment about Animal 1' });
  await expect(pin).toHaveText('1');
  const surface = (await picture(desk).boundingBox())!;
  const place = (await pin.boundingBox())!;
  const corner = surface.x + (surface.width - CHELSEA.width) / 2 + drawn[0] + drawn[2];
  expect(Math.abs(place.x - 5 - corner)).toBeLessThan(2);
  await expectAccessible(desk);
  await pin.click();
  await expect(comments(desk)).toBeVisible();
  await expect(threads(desk).first()).toBeFocused();

  // Worded anew, deleted, taken back.
  await threads(desk).getByRole('article').hover();
  await threads(desk).getByRole('button', { name: 'Edit comment' }).click();
  await comments(desk).getByRole('textbox', { name: 'Edit comment' }).fill('Does the tail belong to it?');
  await comments(desk).getByRole('button', { name: 'Save' }).click();
  await expect(threads(desk)).toHaveText([/edited.*Does the tail belong to it\?/s]);
  await threads(desk).getByRole('button', { name: 'Delete comment' }).click();
  await expect(threads(desk)).toHaveCount(0);
  await desk.getByRole('status', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
  await expect(threads(desk)).toHaveCount(1);

  // The owner finds the task by its open comment and looks at it.
  await open(page, `${project}/data?show=commented`);
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.getByRole('row').last().getByRole('link').click();
  await page.waitForURL('**/tasks/*');
  await expect(page.getByText('Nobody has handed in anything yet.')).toBeVisible();
  await opener(page).click();
  await expect(threads(page)).toHaveText([/About: Animal 1, the work of .*, not handed in yet.*Does the tail belong to it\?/s]);

  await desk.getByRole('button', { name: 'Submit' }).click();
  await expect(desk.getByText('Task 2', { exact: true })).toBeVisible();
  await expect(opener(desk)).toHaveText('Comments');

  await page.reload();
  await hydrated(page);
  await expect(page.getByRole('navigation', { name: 'Versions of the answers' }).getByRole('link')).toHaveCount(1);
  await threads(page).getByRole('button', { name: 'About: Animal 1' }).click();
  await expect(picture(page)).toBeVisible();
  await threads(page).getByRole('button', { name: 'Answer' }).click();
  await comments(page).getByRole('textbox', { name: 'Answer' }).fill('Yes, all of the cat.');
  await comments(page).getByRole('textbox', { name: 'Answer' }).press('Control+Enter');
  await expect(threads(page).getByRole('article')).toHaveCount(2);
  await threads(page).getByRole('button', { name: 'Resolve' }).click();
  await expect(threads(page)).toHaveCount(0);
  await comments(page).getByRole('button', { name: 'All' }).click();
  await expect(threads(page)).toHaveText([/Resolved by/]);
  await expectAccessible(page);

  // The annotator sees it at the next look.
  await desk.getByRole('button', { name: 'Previous task' }).click();
  await expect(desk.getByText('Task 1', { exact: true })).toBeVisible();
  await comments(desk).getByRole('button', { name: 'All' }).click();
  await expect(threads(desk)).toHaveText([/Does the tail belong to it\?.*Yes, all of the cat\..*Resolved by/s]);
  await expectAccessible(desk);
  // What was said comes by itself when the page has the attention back.
  await threads(page).getByRole('button', { name: 'Answer' }).click();
  await comments(page).getByRole('textbox', { name: 'Answer' }).fill('Whiskers, too.');
  await comments(page).getByRole('button', { name: 'Answer', exact: true }).last().click();
  await expect(threads(page).getByRole('article')).toHaveCount(3);
  await desk.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(threads(desk).getByRole('article')).toHaveCount(3);
  // A region that is gone leaves its comment readable.
  await threads(desk).getByRole('button', { name: 'About: Animal 1' }).click();
  await desk.keyboard.press('Delete');
  await expect(threads(desk)).toHaveText([/About: Animal 1, which is gone/]);
  await desk.keyboard.press('Control+z');
  await expect(threads(desk).getByRole('button', { name: 'About: Animal 1' })).toBeVisible();
  await desk.context().close();

  // Nothing of it is in what is taken out.
  const tasks = await exportJson(page, project, 'JSON');
  const [task] = tasks.filter((task: any) => task.annotations.length > 0);
  expect(task.annotations[0].result).toHaveLength(1);
  const { value } = task.annotations[0].result[0];
  expect(value.rectanglelabels).toEqual(['Animal']);
  expect(Math.round((value.width / 100) * CHELSEA.width)).toBe(drawn[2]);
  expect(JSON.stringify(tasks)).not.toContain('tail');
});
