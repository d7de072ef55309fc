// A ball is followed through a video by setting its box right where it moves, by mouse and keyboard, and the sequence comes
// out in the frames of the file.
import { createProject, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { line, regions } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

test('a ball is followed through a video', async ({ app, page }) => {
  await newOwner(page, app, 'Referees');
  const project = await createProject(page, app, 'Balls', 'Object tracking in video');
  await importTasks(page, [{ video: '/demo/balls.mp4' }, { video: '/demo/melody.wav' }]);

  await open(page, `${project}/label`);
  const picture = page.getByRole('application', { name: /^Picture of video/ });
  const timeline = line(page, /^Timeline/);
  await expect(timeline).toBeVisible();
  await expect(page.getByText(/^Frame 1 of \d+$/)).toBeVisible();
  const frames = Number((await page.getByText(/^Frame 1 of/).textContent())!.replace(/.* of /, ''));
  const seen = () => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);

  await page.keyboard.press('1');
  await picture.scrollIntoViewIfNeeded();
  const place = (await picture.boundingBox())!;
  const drag = async (from: [number, number], to: [number, number]) => {
    await page.mouse.move(place.x + place.width * from[0], place.y + place.height * from[1]);
    await page.mouse.down();
    await page.mouse.move(place.x + place.width * to[0], place.y + place.height * to[1], { steps: 3 });
    await page.mouse.up();
  };
  await drag([0.1, 0.2], [0.3, 0.5]);
  await expect(regions(page)).toHaveText([/Orange ball/]);
  // Eleven frames on, step by step; the player is in the middle of exactly that frame.
  await picture.focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(`Frame 12 of ${frames}`)).toBeVisible();
  await expect.poll(seen).toBeCloseTo(11.5 / 24, 3);
  await drag([0.2, 0.35], [0.4, 0.35]);
  await page.keyboard.press('Alt+ArrowDown');
  // At frame 20 it goes.
  for (let n = 0; n < 8; n++) await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Gone after this frame, or back from here' }).click();
  await page.getByRole('button', { name: 'Keyframe before' }).click();
  await expect(page.getByText(`Frame 12 of ${frames}`)).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Submitted.')).toBeVisible();

  // A sound plays where a video should, but there is nothing to draw on.
  await expect(page.getByText('Task 2')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('There is no picture in this file');
  await expect(picture).toHaveCount(0);
  await expectAccessible(page);

  const [task] = await exportJson(page, project, 'JSON');
  const near = (percent: number) => expect.closeTo(percent, 0);
  const key = (frame: number, x: number, y: number, enabled: boolean) => ({
    frame,
    time: expect.closeTo(frame / 24, 1),
    x: near(x),
    y: near(y),
    width: near(20),
    height: near(30),
    rotation: 0,
    enabled,
  });
  expect(task.annotations[0].result).toEqual([
    {
      id: expect.any(String),
      from_name: 'boxes',
      to_name: 'video',
      type: 'videorectangle',
      origin: 'manual',
      value: {
        framesCount: frames,
        duration: expect.closeTo(frames / 24, 1),
        sequence: [key(1, 10, 20, true), key(12, 30, 21, true), key(20, 30, 21, false)],
        labels: ['Orange ball'],
      },
    },
  ]);
});

test('a video whose frames last differently long says so, and is stepped through frame by frame', async ({ app, page }) => {
  await newOwner(page, app, 'Phones');
  const project = await createProject(page, app, 'Phones', 'Object tracking in video');
  await importTasks(page, [{ video: '/demo/balls.mp4' }]);
  // As the server tells it of a film from a phone: of two frames one lasts twice as long.
  const times: number[] = [];
  await page.route('**/media/video?*', async (route) => {
    const answer = await route.fetch();
    if (answer.status() !== 200) return route.fulfill({ response: answer });
    const known = await answer.json();
    for (let frame = 0; frame < known.frame_count; frame += 1) times.push(((frame + Math.floor(frame / 2)) * known.duration_s) / (known.frame_count * 1.5));
    return route.fulfill({ response: answer, json: { ...known, is_variable: true } });
  });
  await page.route('**/media/frames?*', (route) =>
    route.fulfill({ contentType: 'application/octet-stream', body: Buffer.from(new Float64Array(times).buffer) }),
  );
  await open(page, `${project}/label`);
  await expect(page.getByText('The frames of this video last differently long')).toBeVisible();
  await page.getByRole('application', { name: /^Picture of video/ }).focus();
  const seen = () => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
  const frames = times.length;
  for (const frame of [1, 2, 3]) {
    await page.keyboard.press('ArrowRight');
    await expect(page.getByText(`Frame ${frame + 1} of ${frames}`)).toBeVisible();
    await expect.poll(seen).toBeGreaterThan(times[frame]!);
    expect(await seen()).toBeLessThan(times[frame + 1]!);
  }
  await expectAccessible(page);
});
