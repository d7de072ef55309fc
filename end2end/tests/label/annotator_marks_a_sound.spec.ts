// A recording is cut into labeled pieces by mouse and by keyboard alone, played, and comes out as Label Studio writes it.
import { createProject, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { dragAlong, line, regions } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

test('pieces of a sound are marked, moved, sized and exported', async ({ app, page }) => {
  await newOwner(page, app, 'Listeners');
  const project = await createProject(page, app, 'Recordings', 'Audio transcription');
  await importTasks(page, [{ audio: '/demo/melody.wav' }, { audio: '/demo/melody.wav' }, { audio: '/demo/nothing.wav' }]);

  await open(page, `${project}/label`);
  const wave = line(page, /^Sound/);
  await expect(wave).toBeVisible();
  await expect(page.getByText(/^0:00.000 \/ 0:/)).toBeVisible();
  // First the label, then the piece; then a piece that waits for its label.
  await page.keyboard.press('1');
  await dragAlong(page, wave, 0.1, 0.3);
  await expect(regions(page)).toHaveText([/Speaker 1/]);
  await page.keyboard.press('Escape');
  // Picking the label at hand again lays it down.
  await page.getByRole('group', { name: 'Labels of segments' }).getByRole('button', { name: /Speaker 1/ }).click();
  await dragAlong(page, wave, 0.5, 0.7);
  await expect(page.getByText('is marked. Pick a label for it')).toBeVisible();
  await page.keyboard.press('3');
  await expect(regions(page)).toHaveText([/Speaker 1/, /Music/]);
  await expectAccessible(page);
  // The first one is picked, moved, and made longer at its end.
  await page.keyboard.press('Escape');
  await regions(page).first().click();
  await dragAlong(page, wave, 0.2, 0.25);
  await dragAlong(page, wave, 0.35, 0.4);
  // Taken back and brought back.
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+Shift+z');
  // Its piece is played to its end, where playing stops.
  await page.getByRole('button', { name: 'Play (Space)' }).click();
  await expect(page.getByRole('button', { name: 'Pause (Space)' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Play (Space)' })).toBeVisible({ timeout: 15_000 });
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Task 2')).toBeVisible();

  // The keyboard alone.
  await wave.focus();
  for (let n = 0; n < 10; n++) await page.keyboard.press('ArrowRight');
  for (let n = 0; n < 20; n++) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('2');
  await expect(regions(page)).toHaveText([/Speaker 2/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Task 3')).toBeVisible();

  // What is not there says so, and the rest of the task can be answered.
  await expect(page.getByRole('alert')).toContainText('404');
  await page.keyboard.press('c');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const tasks = await exportJson(page, project, 'JSON');
  const results = tasks.map((task: any) => task.annotations[0].result);
  const length = results[0][0].original_length;
  expect(length).toBeGreaterThan(1);
  const near = (share: number) => expect.closeTo(share * length, 1);
  const piece = (from: number, to: number, label: string) => ({
    id: expect.any(String),
    from_name: 'segments',
    to_name: 'audio',
    type: 'labels',
    origin: 'manual',
    original_length: length,
    value: { start: near(from), end: near(to), channel: 0, labels: [label] },
  });
  expect(results[0]).toEqual([piece(0.15, 0.4, 'Speaker 1'), piece(0.5, 0.7, 'Music')]);
  expect(results[1]).toEqual([piece(0.1, 0.3, 'Speaker 2')]);
});
