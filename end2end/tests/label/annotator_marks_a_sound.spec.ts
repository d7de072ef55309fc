// A recording is cut into labeled pieces by mouse and by keyboard alone, played, and comes out as Label Studio writes it.
import type { Locator } from '@playwright/test';
import { createProject, createProjectWith, exportJson, importTasks, sendFiles } from '../../support/project';
import { newOwner } from '../../support/session';
import { dragAlong, line, regions } from '../../support/surface';
import { expect, expectAccessible, hydrated, open, test } from '../../support/test';

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

/** A sound of 8,000 samples a second: silence for two seconds, then two seconds of a tone. */
function beep(hz: number): Buffer {
  const rate = 8000;
  const samples = Buffer.alloc(4 * rate * 2);
  for (let at = 2 * rate; at < 4 * rate; at++) {
    samples.writeInt16LE(Math.round(Math.sin((2 * Math.PI * hz * at) / rate) * 16_000), at * 2);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** How far the color of a place is from silence, the place being shares of the width and of the spectrogram's height. */
function strength(surface: Locator, [across, up]: [number, number]): Promise<number> {
  return surface.evaluate(
    (element, { across, up }) => {
      const canvas = element.querySelector('canvas')!;
      const ratio = canvas.width / element.clientWidth;
      // Below the ruler of 20 pixels the waveform has 96, the spectrogram the rest.
      const [top, height] = [116 * ratio, canvas.height - 116 * ratio];
      const pixel = (x: number, y: number) => [...canvas.getContext('2d')!.getImageData(x, y, 1, 1).data];
      const here = pixel(canvas.width * across, top + height * (1 - up));
      const silence = pixel(canvas.width * 0.1, top + height * 0.1);
      return here.reduce((sum, part, n) => sum + Math.abs(part - silence[n]!), 0);
    },
    { across, up },
  );
}

test('a spectrogram shows which tone sounds when', async ({ app, page }) => {
  await newOwner(page, app, 'Tuners');
  const config = `<View><Labels name="tones" toName="sound"><Label value="Tone"/></Labels>
    <Audio name="sound" value="$sound" spectrogram="true"/></View>`;
  const project = await createProjectWith(page, app, 'Tones', config);
  await sendFiles(page, { name: 'beep.wav', mimeType: 'audio/wav', buffer: beep(1000) }, 1);
  await open(page, `${project}/label`);
  const wave = line(page, /^Sound/);
  await expect(wave).toHaveCSS('block-size', '244px');
  // 1 kHz lies at 0.466 of what people hear up to 4 kHz.
  const tone = 0.466;
  await expect.poll(() => strength(wave, [0.75, tone])).toBeGreaterThan(150);
  for (const [across, up] of [[0.75, 0.2], [0.75, 0.8], [0.2, tone]] as const) {
    expect(await strength(wave, [across, up]), `${across} ${up}`).toBeLessThan(40);
  }
  await expectAccessible(page);
  // It zooms along: where silence was there is tone.
  const place = (await wave.boundingBox())!;
  await page.mouse.move(place.x + place.width - 2, place.y + 150);
  await page.keyboard.down('Control');
  for (let n = 0; n < 2; n++) await page.mouse.wheel(0, -240);
  await page.keyboard.up('Control');
  await expect.poll(() => strength(wave, [0.2, tone])).toBeGreaterThan(150);
  await page.getByRole('button', { name: 'All of it (Shift 1)' }).click();
  // Taken away, and remembered; a piece that is marked reaches over both.
  const button = page.getByRole('button', { name: 'Spectrogram' });
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await button.click();
  await expect(wave).toHaveCSS('block-size', '116px');
  await page.reload();
  await hydrated(page);
  await expect(button).toHaveAttribute('aria-pressed', 'false');
  await button.click();
  await expect(wave).toHaveCSS('block-size', '244px');
  await page.keyboard.press('1');
  await dragAlong(page, wave, 0.5, 0.75, 0.9);
  await expect(regions(page)).toHaveText([/Tone/]);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [task] = await exportJson(page, project, 'JSON');
  expect(task.annotations[0].result.map(({ value }: any) => value)).toEqual([
    { start: expect.closeTo(2, 1), end: expect.closeTo(3, 1), channel: 0, labels: ['Tone'] },
  ]);
});

/** A second of two channels: a tone on the left, silence on the right. */
function stereo(): Buffer {
  const RATE = 8_000;
  const data = Buffer.alloc(RATE * 4);
  for (let at = 0; at < RATE; at += 1) data.writeInt16LE(Math.round(12_000 * Math.sin((at / RATE) * 2 * Math.PI * 440)), at * 4);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 4, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

test('channels shown each for itself are marked each for itself, down to the sample', async ({ app, page }) => {
  await newOwner(page, app, 'Mixers');
  const config = `<View><Labels name="part" toName="sound"><Label value="Tone"/></Labels>
    <Audio name="sound" value="$audio" splitChannels="true" height="80"/></View>`;
  const project = await createProjectWith(page, app, 'Two microphones', config);
  await sendFiles(page, { name: 'two.wav', mimeType: 'audio/wav', buffer: stereo() }, 1);
  await open(page, `${project}/label`);
  const wave = line(page, /^Sound/);
  await expect(wave).toBeVisible();
  await page.keyboard.press('1');
  await dragAlong(page, wave, 0.2, 0.4, 0.3);
  await dragAlong(page, wave, 0.6, 0.8, 0.85);
  await expect(regions(page)).toHaveCount(2);
  // As close as it goes, a piece of some samples can be marked.
  const closer = page.getByRole('button', { name: /^Closer/ });
  for (let n = 0; n < 20; n += 1) await closer.click();
  await dragAlong(page, wave, 0.3, 0.6, 0.3);
  await expect(regions(page)).toHaveCount(3);
  await expectAccessible(page);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
  const [task] = await exportJson(page, project, 'JSON');
  const values = task.annotations[0].result.map(({ value }: any) => value);
  expect(values.map(({ channel }: any) => channel)).toEqual([0, 1, 0]);
  expect(values[2].end - values[2].start).toBeLessThan(0.01);
  expect(values[0].start).toBeCloseTo(0.2, 1);
  expect(values[1].end).toBeCloseTo(0.8, 1);
});
