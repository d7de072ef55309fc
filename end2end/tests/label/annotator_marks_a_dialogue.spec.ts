// Words of a dialogue, marked by mouse and keyboard, over turns too; and its recording, turn by turn.
import { createProject, createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { regions, selectWithMouse } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const dialogue = [
  { author: 'Ada', text: 'Where is my order? 📦' },
  { author: 'Grace', text: 'On its way.' },
  { author: 'Ada', text: 'Thank you!' },
];

test('pieces of turns are labeled and stored by turn and offset', async ({ app, page }) => {
  await newOwner(page, app, 'Listeners');
  const project = await createProject(page, app, 'Talk', 'Dialogue analysis');
  await importTasks(page, [{ dialogue }]);
  await open(page, `${project}/label`);
  const talk = page.getByRole('textbox', { name: /^Dialogue/ });
  await expect(talk.locator('.turn-author')).toHaveText(['Ada', 'Grace', 'Ada']);
  await expect(talk.locator('.turn-text')).toHaveText(dialogue.map(({ text }) => text));

  // First the words, then the key of their label.
  await selectWithMouse(page, talk, 'my order');
  await expect(page.getByText('is selected. Pick a label')).toBeVisible();
  await page.keyboard.press('1');
  await expect(regions(page)).toHaveText([/Question.*my order/]);
  // The keyboard alone, over two turns: from behind the emoji into the next turn.
  await talk.evaluate((element) => {
    const text = element.querySelector('[data-part="1"]')!.firstElementChild!.firstChild!;
    getSelection()!.collapse(text, 7);
    (element as HTMLElement).focus();
  });
  for (const _ of 'way.') await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('4');
  await expect(regions(page)).toHaveCount(2);
  await expect(talk.locator('mark')).toHaveCount(3);
  await expectAccessible(page);
  // One of them alone, and both again.
  const voices = page.getByRole('group', { name: 'Turns shown of' });
  await voices.getByRole('button', { name: 'Grace' }).click();
  await expect(talk.locator('.turn:visible .turn-author')).toHaveText(['Ada', 'Ada']);
  await expectAccessible(page);
  await voices.getByRole('button', { name: 'Grace' }).click();
  await expect(talk.locator('.turn:visible')).toHaveCount(3);
  // A click on a piece picks it.
  await talk.locator('mark').first().click();
  await expect(talk.locator('mark[data-selected]')).toHaveText(['my order']);
  await expect(regions(page).first().getByRole('button').first()).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('2');
  await expect(regions(page).first()).toHaveText(/Request.*my order/);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const [first, second] = task.annotations[0].result;
  expect({ type: first.type, value: first.value }).toEqual({
    type: 'paragraphlabels',
    value: { start: '0', end: '0', startOffset: 9, endOffset: 17, text: 'my order', paragraphlabels: ['Request'] },
  });
  expect(second.value).toMatchObject({ start: '1', end: '2', startOffset: 7, paragraphlabels: ['Promise'] });
  const said = `way.\n${[...dialogue[2]!.text].slice(0, second.value.endOffset).join('')}`;
  expect(second.value.text).toBe(said);
});

/** A second of silence after another: a sound without a file. */
function silence(seconds: number): string {
  const rate = 8000;
  const data = Buffer.alloc(seconds * rate, 128);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return `data:audio/wav;base64,${Buffer.concat([head, data]).toString('base64')}`;
}

test('a turn is heard alone, and the one that is heard shows', async ({ app, page }) => {
  await newOwner(page, app, 'Hearers');
  const config = `<View>
    <Paragraphs name="talk" value="$talk" audioUrl="$sound" layout="dialogue" nameKey="who" textKey="said" contextScroll="true"/>
    <ParagraphLabels name="intent" toName="talk"><Label value="Question"/></ParagraphLabels></View>`;
  const project = await createProjectWith(page, app, 'Recording', config);
  const talk = [
    { who: 'Ada', said: 'Hello?', start: 0, end: 1 },
    { who: 'Grace', said: 'Hello.', start: 2, duration: 0.5 },
  ];
  await importTasks(page, [{ talk, sound: silence(4) }, { talk: 'no list' }]);
  await open(page, `${project}/label`);
  const player = page.getByLabel('Recording of talk');
  await expect(player).toBeVisible();
  await page.getByRole('button', { name: 'Play turn 2' }).click();
  await expect(page.locator('[data-turn="1"]')).toHaveAttribute('data-heard', '');
  await expect(page.getByRole('button', { name: 'Stop turn 2' })).toBeVisible();
  // It stops by itself where the turn ends, and not at the end of the sound.
  await expect(page.getByRole('button', { name: 'Stop turn 2' })).toHaveCount(0);
  expect(await player.evaluate((sound: HTMLAudioElement) => sound.paused && sound.currentTime < 4)).toBe(true);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Skip' }).click();
  await expect(page.getByText('This task\'s dialogue cannot be shown: it is no list of turns.')).toBeVisible();
});
