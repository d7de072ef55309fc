// The label page without a mouse: fingers on a phone, and the keyboard alone.
import type { Page } from '@playwright/test';
import { createProject, createProjectWith, exportJson, importTasks } from '../../support/project';
import { PASSWORD, newOwner, signIn } from '../../support/session';
import { picture, regions } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

type Point = [x: number, y: number];

/** Fingers go down where the paths begin, along them, and up again. */
async function touch(page: Page, ...paths: [from: Point, to: Point][]): Promise<void> {
  const STEPS = 6;
  const session = await page.context().newCDPSession(page);
  const at = (step: number) =>
    paths.map(([from, to], id) => ({ id, x: from[0] + ((to[0] - from[0]) * step) / STEPS, y: from[1] + ((to[1] - from[1]) * step) / STEPS }));
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
  for (let step = 1; step <= STEPS; step += 1) await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step) });
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await session.detach();
}

test('one finger draws a box, two bring the picture closer', async ({ app, page, browser }) => {
  const email = await newOwner(page, app, 'Fingers');
  const project = await createProject(page, app, 'Touched', 'Object detection');
  await importTasks(page, [{ data: { image: '/demo/chelsea.jpg' } }]);
  const context = await browser.newContext({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  const phone = await context.newPage();
  await signIn(phone, app, email, PASSWORD);
  await open(phone, `${project}/label`);
  const zoom = phone.getByTitle('Actual size (Shift 0)');
  await expect(zoom).toHaveText(/\d%/);
  await picture(phone).scrollIntoViewIfNeeded();
  const place = (await picture(phone).boundingBox())!;
  const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
  await touch(phone, [[x - 60, y - 40], [x + 40, y + 30]]);
  await expect(regions(phone)).toHaveText([/Person/]);

  const before = Number.parseInt((await zoom.textContent())!, 10);
  await touch(phone, [[x - 20, y], [x - 80, y]], [[x + 20, y], [x + 80, y]]);
  await expect.poll(async () => Number.parseInt((await zoom.textContent())!, 10)).toBeGreaterThan(before * 2);
  await expect(regions(phone)).toHaveCount(1);
  await expectAccessible(phone);
  // What does not fit the screen is within a finger's reach.
  const row = () => regions(phone).first().evaluate((row) => row.getBoundingClientRect().bottom);
  expect(await row()).toBeGreaterThan(844);
  await touch(phone, [[195, 800], [195, 100]]);
  await expect.poll(row).toBeLessThan(844);
  await phone.getByRole('button', { name: 'Submit' }).tap();
  await expect(phone.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  await context.close();

  const [task] = await exportJson(page, project, 'JSON');
  const [box] = task.annotations[0].result;
  expect(box).toMatchObject({ type: 'rectanglelabels', value: { rectanglelabels: ['Person'], rotation: 0 } });
  // A hundred pixels of the screen across, seventy down; the picture is 451 by 300.
  expect((box.value.width * 451) / (box.value.height * 300)).toBeCloseTo(100 / 70, 1);
});

test('a picture, a text and a question are done by keyboard alone', async ({ app, page }) => {
  await newOwner(page, app, 'Typists');
  const project = await createProjectWith(
    page,
    app,
    'Typed',
    `<View><Image name="image" value="$image"/>
      <RectangleLabels name="box" toName="image"><Label value="Cat" hotkey="1"/></RectangleLabels>
      <Labels name="word" toName="text"><Label value="Animal" hotkey="2"/></Labels>
      <Text name="text" value="$text"/>
      <Choices name="mood" toName="image" choice="single" required="true"><Choice value="Calm" hotkey="7"/><Choice value="Alert" hotkey="8"/></Choices></View>`,
  );
  await importTasks(page, [{ data: { image: '/demo/chelsea.jpg', text: 'Chelsea looks at you.' } }]);
  await open(page, `${project}/label`);
  await expect(page.getByTitle('Actual size (Shift 0)')).toHaveText(/\d%/);
  const tabTo = async (name: RegExp) => {
    const here = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    for (let n = 0; n < 60 && !name.test(await here()); n += 1) await page.keyboard.press('Tab');
    expect(await here()).toMatch(name);
  };

  await page.keyboard.press('1');
  await tabTo(/^Picture/);
  await page.keyboard.press('Enter');
  await expect(regions(page)).toHaveText([/Cat/]);
  const [before] = await regions(page).allTextContents();
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Escape');
  await tabTo(/^Text/);
  for (const key of ['ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
  for (const _ of 'Chelsea') await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('2');
  await expect(regions(page)).toHaveText([before!, /Animal.*Chelsea/]);
  // Nothing is handed in without an answer, and the question has the keyboard then.
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('radio', { name: /Calm/ })).toBeFocused();
  await page.keyboard.press('8');
  await expect(page.getByRole('radio', { name: /Alert/ })).toBeChecked();
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const stored = Object.fromEntries(task.annotations[0].result.map(({ from_name, value }: any) => [from_name, value]));
  expect(stored).toMatchObject({
    box: { rectanglelabels: ['Cat'] },
    word: { start: 0, end: 7, text: 'Chelsea', labels: ['Animal'] },
    mood: { choices: ['Alert'] },
  });
});
