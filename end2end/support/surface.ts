// Hands on the label page: drawing on a picture, selecting in a text.
import type { Locator, Page } from '@playwright/test';
import { expect } from './test';

export interface Size {
  width: number;
  height: number;
}

/** A box in pixels of the picture, as COCO counts: left, top, width, height. */
export type Box = [left: number, top: number, width: number, height: number];

/** The list of what is marked. */
export function regions(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Regions' }).getByRole('listitem');
}

/** The picture on the label page. */
export function picture(page: Page): Locator {
  return page.getByRole('application', { name: /^Picture/ });
}

/** Waits until the picture can be drawn on, and shows a pixel of it on a pixel of the page. */
export async function showActualSize(page: Page): Promise<void> {
  const zoom = page.getByTitle('Actual size (Shift 0)');
  await expect(zoom).toHaveText(/%/);
  await zoom.click();
  await expect(zoom).toHaveText('100%');
}

/**
 * Draws a box near `wanted` with the mouse, on a picture shown in its actual size. A page's pixel may begin in the middle
 * of the picture's when one is odd and the other even: returns what was really drawn, exactly.
 */
export async function drawBox(page: Page, size: Size, wanted: Box): Promise<Box> {
  const origin = await pictureOrigin(page, size);
  const [left, top, width, height] = wanted;
  const from = { x: Math.ceil(origin.x + left), y: Math.ceil(origin.y + top) };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + Math.ceil(width / 2), from.y + Math.ceil(height / 2));
  await page.mouse.move(from.x + width, from.y + height);
  await page.mouse.up();
  return [from.x - origin.x, from.y - origin.y, width, height];
}

/** Clicks near a point of a picture shown in its actual size; returns the point that was really hit. */
export async function clickAt(page: Page, size: Size, [left, top]: readonly [number, number]): Promise<[number, number]> {
  const origin = await pictureOrigin(page, size);
  const at = { x: Math.ceil(origin.x + left), y: Math.ceil(origin.y + top) };
  await page.mouse.click(at.x, at.y);
  return [at.x - origin.x, at.y - origin.y];
}

/** Where on the page a picture shown in its actual size begins: its middle is the middle of the canvas. */
async function pictureOrigin(page: Page, size: Size): Promise<{ x: number; y: number }> {
  return picture(page)
    .locator('canvas')
    .first()
    .evaluate((canvas, { width, height }) => {
      // Not clientWidth, which is rounded: a page's layout is rarely whole.
      const place = canvas.getBoundingClientRect();
      return { x: place.left + (place.width - width) / 2, y: place.top + (place.height - height) / 2 };
    }, size);
}

/** Selects the first `words` in a text with the mouse, from its beginning to its end, whichever way it is written. */
export async function selectWithMouse(page: Page, surface: Locator, words: string): Promise<void> {
  const place = await surface.evaluate((element, wanted) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.textContent!.indexOf(wanted);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      const middle = (top + bottom) / 2;
      return { left, right, middle, lines: range.getClientRects().length, backwards: element.matches(':dir(rtl)') };
    }
    return undefined;
  }, words);
  if (!place) throw new Error(`“${words}” is not in one piece`);
  expect(place.lines, `“${words}” is on one line`).toBe(1);
  const [from, to] = place.backwards ? [place.right - 1, place.left + 1] : [place.left + 1, place.right - 1];
  await page.mouse.move(from, place.middle);
  await page.mouse.down();
  await page.mouse.move(to, place.middle, { steps: 4 });
  await page.mouse.up();
}

/** Where `words` begin and end in `text`, in code points. */
export function codePoints(text: string, words: string): { start: number; end: number } {
  const start = [...text.slice(0, text.indexOf(words))].length;
  return { start, end: start + [...words].length };
}

/** What runs along a line: a sound, a series, the timeline of a video. */
export function line(page: Page, name: RegExp): Locator {
  return page.getByRole('application', { name });
}

/** Drags along a line, from one share of its width (0 to 1) to another, at a share of its height. */
export async function dragAlong(page: Page, surface: Locator, from: number, to: number, height = 0.6): Promise<void> {
  await surface.scrollIntoViewIfNeeded();
  const place = await surface.boundingBox();
  if (!place) throw new Error('the line is not to be seen');
  const y = place.y + place.height * height;
  await page.mouse.move(place.x + place.width * from, y);
  await page.mouse.down();
  await page.mouse.move(place.x + (place.width * (from + to)) / 2, y);
  await page.mouse.move(place.x + place.width * to, y);
  await page.mouse.up();
}
