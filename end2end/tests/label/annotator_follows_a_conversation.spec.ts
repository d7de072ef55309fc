// A call with its words and what was measured meanwhile: play, go elsewhere or speed up one, and the others go along.
import type { Locator, Page } from '@playwright/test';
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { dragAlong, line, regions, selectWithMouse } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const CONFIG = `<View>
  <Labels name="sounds" toName="call"><Label value="Music"/></Labels>
  <Audio name="call" value="$sound" sync="talk"/>
  <ParagraphLabels name="words" toName="talk"><Label value="Promise"/></ParagraphLabels>
  <Paragraphs name="talk" value="$talk" audioUrl="$sound" layout="dialogue" nameKey="who" textKey="said"/>
  <TimeSeriesLabels name="events" toName="pulse"><Label value="Calm"/></TimeSeriesLabels>
  <TimeSeries name="pulse" value="$pulse" valueType="json" timeColumn="t" sync="talk">
    <Channel column="beats" legend="Pulse" units="bpm" height="100"/>
  </TimeSeries>
</View>`;

const talk = [
  { who: 'Ada', said: 'Hello?', start: 0, end: 4.5 },
  { who: 'Grace', said: 'I will call back.', start: 5, end: 7 },
];
// Eight seconds, as the melody has.
const t = Array.from({ length: 81 }, (_, n) => n / 10);
const pulse = { t, beats: t.map((second) => 60 + 10 * Math.sin(second)) };

interface Heard {
  second: number;
  paused: boolean;
  muted: boolean;
  rate: number;
}

function heard(player: Locator): Promise<Heard> {
  return player.evaluate((sound: HTMLAudioElement) => ({
    second: sound.currentTime,
    paused: sound.paused,
    muted: sound.muted,
    rate: sound.playbackRate,
  }));
}

/** The second at the cursor of the series, as its bar says. */
async function shown(page: Page): Promise<number> {
  return Number(await page.locator('[data-kind="series"] .line-time').textContent());
}

test('a sound, its words and a series move together', async ({ app, page }) => {
  await newOwner(page, app, 'Conversation analysts');
  const project = await createProjectWith(page, app, 'Calls', CONFIG);
  await importTasks(page, [{ sound: '/demo/melody.wav', talk, pulse }]);
  await open(page, `${project}/label`);
  const wave = line(page, /^Sound/);
  const chart = line(page, /^Time series/);
  await expect(wave).toBeVisible();
  await expect(chart).toBeVisible();
  const call = page.locator('[data-kind="sound"] audio');
  const recording = page.getByLabel('Recording of talk');

  // Played at the sound: the recording plays along, silent since it is the same one, and the series shows where.
  await page.getByRole('button', { name: 'Play (Space)' }).click();
  await expect.poll(async () => (await heard(recording)).second).toBeGreaterThan(0.5);
  const [first, second] = await Promise.all([heard(call), heard(recording)]);
  expect(Math.abs(first.second - second.second)).toBeLessThan(0.4);
  expect([first.paused, first.muted, second.paused, second.muted]).toEqual([false, false, false, true]);
  await expect.poll(() => shown(page)).toBeGreaterThan(0.5);
  await page.getByLabel('Speed').selectOption('1.5');
  await expect.poll(async () => (await heard(recording)).rate).toBe(1.5);
  await page.getByRole('button', { name: 'Pause (Space)' }).click();
  await expect.poll(async () => (await heard(recording)).paused).toBe(true);
  const stopped = (await heard(call)).second;
  expect((await heard(recording)).second).toBeCloseTo(stopped, 1);
  expect(await shown(page)).toBeCloseTo(stopped, 1);

  // A turn is played alone: the sound plays it too, from its beginning to its end, and is silent this time. Slowly, so that
  // it lasts long enough to be looked at.
  await page.getByLabel('Speed').selectOption('0.5');
  await page.getByRole('button', { name: 'Play turn 2' }).click();
  await expect(page.getByRole('button', { name: 'Pause (Space)' })).toBeVisible();
  expect([(await heard(call)).muted, (await heard(recording)).muted]).toEqual([true, false]);
  await expect(page.getByRole('button', { name: 'Play (Space)' })).toBeVisible();
  for (const player of [call, recording]) {
    const { second: at, paused } = await heard(player);
    expect(paused).toBe(true);
    expect(at).toBeGreaterThan(6.9);
    expect(at).toBeLessThan(7.5);
  }

  // What a person does with the recording's own controls is followed too.
  await recording.evaluate((sound: HTMLAudioElement) => {
    sound.currentTime = 3;
  });
  await expect.poll(async () => (await heard(call)).second).toBeCloseTo(3, 2);
  await expect.poll(() => shown(page)).toBeCloseTo(3, 2);
  await expect(page.locator('[data-turn="0"]')).toHaveAttribute('data-heard', '');

  // A click in the series takes all of them along; what is closer moves along with them.
  await chart.click({ position: { x: (await chart.boundingBox())!.width / 4, y: 60 } });
  await expect.poll(async () => (await heard(call)).second).toBeCloseTo(2, 1);
  await expect.poll(async () => (await heard(recording)).second).toBeCloseTo(2, 1);
  const zoom = page.locator('[data-kind="series"]');
  for (let n = 0; n < 4; n++) await zoom.getByRole('button', { name: /^Closer/ }).click();
  const before = await zoom.locator('.line-window').getAttribute('style');
  await page.getByRole('button', { name: 'Play turn 2' }).click();
  await expect(zoom.locator('.line-window')).not.toHaveAttribute('style', before!);
  await expect(page.getByRole('button', { name: 'Play (Space)' })).toBeVisible();
  await expectAccessible(page);

  // And all three are labeled: the sound from where the click has put the cursor.
  await zoom.getByRole('button', { name: /^All of it/ }).click();
  await chart.click({ position: { x: (await chart.boundingBox())!.width / 4, y: 60 } });
  await expect.poll(async () => (await heard(call)).second).toBeCloseTo(2, 1);
  await wave.focus();
  for (let n = 0; n < 10; n++) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('1');
  await expect(regions(page)).toHaveText([/Music/]);
  await selectWithMouse(page, page.getByRole('textbox', { name: /^Dialogue/ }), 'call back');
  await page.keyboard.press('2');
  await page.keyboard.press('Escape');
  await page.getByRole('group', { name: 'Labels of events' }).getByRole('button', { name: /Calm/ }).click();
  await dragAlong(page, chart, 0.5, 0.75);
  await expect(regions(page)).toHaveText([/Music/, /Promise/, /Calm/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const near = (at: number) => expect.closeTo(at, 1);
  expect(task.annotations[0].result.map(({ type, value }: any) => ({ type, value }))).toEqual([
    { type: 'labels', value: { start: near(2), end: near(2.8), channel: 0, labels: ['Music'] } },
    {
      type: 'paragraphlabels',
      value: { start: '1', end: '1', startOffset: 7, endOffset: 16, text: 'call back', paragraphlabels: ['Promise'] },
    },
    { type: 'timeserieslabels', value: { start: near(4), end: near(6), instant: false, timeserieslabels: ['Calm'] } },
  ]);
});
