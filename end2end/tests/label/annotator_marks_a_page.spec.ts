// Words on a page of HTML that wants to do harm: marked in its frame, stored with paths and offsets.
import type { Locator, Page } from '@playwright/test';
import { createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { regions } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const CONFIG = `<View>
  <HyperTextLabels name="part" toName="page"><Label value="Title" hotkey="1"/><Label value="Body" hotkey="2"/></HyperTextLabels>
  <HyperText name="page" value="$html"/>
</View>`;

const HTML = `<html><head><title>No part of it</title><script>top.harmed = 1</script></head><body>
<h1>A tale 😀</h1><script>top.harmed = 3</script>
<p>Once <b style="color: rgb(200, 0, 0)">upon</b> a time <a href="javascript:top.harmed=4">here</a></p>
<iframe srcdoc="<script>top.harmed = 6</script>"></iframe><form action="/logout"><button>Go</button></form>
<table><tr><td>one</td> <td>two</td></tr></table></body></html>`;

/** Selects a word of the page with the mouse: by two clicks, for test tools cannot drag where no scripts run. */
async function select(page: Page, frame: Locator, word: string): Promise<void> {
  await frame.scrollIntoViewIfNeeded();
  const around = (await frame.boundingBox())!;
  const place = await frame.contentFrame().locator('body').evaluate((body, wanted) => {
    const document = body.ownerDocument;
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.textContent!.indexOf(wanted);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      return { left, right, middle: (top + bottom) / 2 };
    }
    return undefined;
  }, word);
  if (!place) throw new Error(`“${word}” is not on the page`);
  // The frame's border is a pixel wide.
  await page.mouse.dblclick(around.x + 1 + (place.left + place.right) / 2, around.y + 1 + place.middle);
}

test('pieces of a page are labeled, and nothing of it runs', async ({ app, page }) => {
  await newOwner(page, app, 'Readers');
  const project = await createProjectWith(page, app, 'Pages', CONFIG);
  await importTasks(page, [{ html: HTML }]);
  await open(page, `${project}/label`);
  const frame = page.locator('iframe[title="Page page"]');
  const body = frame.contentFrame().locator('body');
  await expect(body).toHaveAttribute('role', 'textbox');
  await expect(body.locator('h1')).toHaveText('A tale 😀');
  await expect(body.locator('b')).toHaveCSS('color', 'rgb(200, 0, 0)');
  await expect(body.locator('script, iframe, form, button, title, a[href]')).toHaveCount(0);
  await expect(body).not.toContainText('No part of it');

  // First the words, then the key of their label, which the page around the frame gets, too.
  await select(page, frame, 'tale');
  await expect(page.getByText('is selected. Pick a label')).toBeVisible();
  await page.keyboard.press('1');
  await expect(regions(page)).toHaveText([/Title.*tale/]);
  await expect(body.locator('mark')).toHaveText(['tale']);
  // The keyboard alone, from one element into the next.
  await body.evaluate((body) => {
    body.ownerDocument.getSelection()!.collapse(body.querySelector('p span')!.firstChild, 0);
    body.focus();
  });
  for (const _ of 'Once up') await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('2');
  await expect(regions(page)).toHaveText([/Title.*tale/, /Body.*Once up/]);
  await expect(body.locator('mark')).toHaveText(['tale', 'Once ', 'up']);
  // A click on a piece picks it; Esc lets go.
  await body.locator('mark').first().click();
  await expect(body.locator('mark[data-selected]')).toHaveText(['tale']);
  await expect(regions(page).first().getByRole('button').first()).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Escape');
  await expect(body.locator('mark[data-selected]')).toHaveCount(0);
  await expectAccessible(page);
  expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const [first, second] = task.annotations[0].result;
  const global = first.value.globalOffsets;
  expect({ type: first.type, value: first.value }).toEqual({
    type: 'hypertextlabels',
    value: {
      start: '/h1[1]/text()[1]',
      end: '/h1[1]/text()[1]',
      startOffset: 2,
      endOffset: 6,
      globalOffsets: { start: global.start, end: global.start + 4 },
      text: 'tale',
      hypertextlabels: ['Title'],
    },
  });
  expect(second.value).toMatchObject({
    start: '/p[1]/text()[1]',
    end: '/p[1]/b[1]/text()[1]',
    startOffset: 0,
    endOffset: 2,
    text: 'Once up',
    hypertextlabels: ['Body'],
  });
  expect(second.value.globalOffsets.end - second.value.globalOffsets.start).toBe(7);
});
