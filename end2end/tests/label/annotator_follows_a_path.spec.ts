// A line is drawn on a video point by point, and follows what it marks: each point set right makes a keyframe.
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { line, regions } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const INTERFACE = `<View>
  <Labels name="what" toName="video"><Label value="Arm" hotkey="1"/></Labels>
  <Video name="video" value="$video" frameRate="24"/>
  <VideoVector name="path" toName="video" closable="true" curves="true"/>
  <VideoRectangle name="box" toName="video"/>
</View>`;

test('a line follows an arm through a video', async ({ app, page }) => {
  await newOwner(page, app, 'Followers');
  const project = await createProjectWith(page, app, 'Arms', INTERFACE);
  await importTasks(page, [{ video: '/demo/balls.mp4' }]);
  await open(page, `${project}/label`);
  const picture = page.getByRole('application', { name: /^Picture of video/ });
  await expect(line(page, /^Timeline/)).toBeVisible();
  await expect(page.getByText(/^Frame 1 of \d+$/)).toBeVisible();

  await page.keyboard.press('1');
  await page.getByRole('button', { name: 'Draw lines' }).click();
  await expect(page.getByRole('button', { name: 'Draw lines' })).toHaveAttribute('aria-pressed', 'true');
  await picture.scrollIntoViewIfNeeded();
  const place = (await picture.boundingBox())!;
  const at = (x: number, y: number) => [place.x + place.width * x, place.y + place.height * y] as const;
  for (const point of [at(0.2, 0.2), at(0.4, 0.2), at(0.4, 0.6)]) await page.mouse.click(...point);
  await picture.focus();
  await page.keyboard.press('Enter');
  await expect(regions(page)).toHaveText([/Arm/]);
  await page.keyboard.press('Shift+ArrowRight');
  await page.mouse.move(...at(0.4, 0.6));
  await page.mouse.down();
  await page.mouse.move(...at(0.5, 0.7), { steps: 3 });
  await page.mouse.up();
  await expect(regions(page)).toContainText(['2 keyframes']);
  await page.keyboard.press('Alt+ArrowDown');
  // Made round, its last point bends the line with the handle before it.
  await page.keyboard.down('Shift');
  await page.mouse.click(...at(0.5, 0.71));
  await page.keyboard.up('Shift');
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const [result] = task.annotations[0].result;
  expect(result).toMatchObject({ from_name: 'path', to_name: 'video', type: 'videovector', value: { labels: ['Arm'] } });
  const near = (percent: number) => expect.closeTo(percent, 0);
  const vertex = (id: string, x: number, y: number, previous: string | null, isBezier = false) => ({
    id, x: near(x), y: near(y), prevPointId: previous, isBezier,
  });
  expect(result.value.sequence).toMatchObject([
    { frame: 1, enabled: true, closed: false, vertices: [vertex('1', 20, 20, null), vertex('2', 40, 20, '1'), vertex('3', 40, 60, '2')] },
    { frame: 11, enabled: true, closed: false, vertices: [vertex('1', 20, 21, null), vertex('2', 40, 21, '1'), vertex('3', 50, 71, '2', true)] },
  ]);
});
