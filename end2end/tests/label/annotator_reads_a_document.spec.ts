// A document is turned over, boxed and read: what is written in a box comes with it, and what is wrong can be put right.
import { createProject, createProjectWith, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { picture, regions } from '../../support/surface';
import { expect, expectAccessible, hydrated, open, test } from '../../support/test';
import type { Page } from '@playwright/test';

/** Draws from corner to corner of a box in fractions of the page in hand. */
async function drawOnPage(page: Page, [left, top, right, bottom]: [number, number, number, number]): Promise<void> {
  await expect(picture(page)).toHaveClass(/is-ready/);
  const sheet = (await picture(page).locator('img').boundingBox())!;
  await page.mouse.move(sheet.x + left * sheet.width, sheet.y + top * sheet.height);
  await page.mouse.down();
  await page.mouse.move(sheet.x + right * sheet.width - 3, sheet.y + bottom * sheet.height - 3);
  await page.mouse.move(sheet.x + right * sheet.width, sheet.y + bottom * sheet.height);
  await page.mouse.up();
}

test('pages of a document are turned over, boxed and read', async ({ app, page }) => {
  await newOwner(page, app, 'Bookkeepers');
  const project = await createProject(page, app, 'Invoices', 'Documents (PDF)');
  await importTasks(page, [{ pdf: '/demo/invoice.pdf' }, { pdf: '/demo/nothing.pdf' }]);
  await open(page, `${project}/label`);
  const strip = page.getByRole('navigation', { name: 'Pages of “document”' });
  await expect(strip.getByRole('button', { name: 'Page 1' })).toHaveAttribute('aria-current', 'true');
  await expect(picture(page)).toHaveAccessibleName(/document, page 1 of 2/);
  // The sum, by its label.
  await page.keyboard.press('4');
  await drawOnPage(page, [0.64, 0.54, 0.92, 0.61]);
  await expect(regions(page)).toHaveText([/Amount.*Page 1 · Total 184\.50/]);
  await expect(strip.getByRole('button', { name: 'Page 1, 1 region' })).toBeVisible();

  await picture(page).press('PageDown');
  await expect(picture(page)).toHaveAccessibleName(/document, page 2 of 2/);
  await page.keyboard.press('1');
  await drawOnPage(page, [0.09, 0.148, 0.5, 0.176]);
  await expect(regions(page)).toHaveText([/Amount/, /Supplier.*Page 2 · Carrier: Northern Road Freight/]);
  await expectAccessible(page);

  // What was read is put right by hand, and still there after a reload; the page comes along with its region.
  await regions(page).last().click();
  const text = page.getByRole('textbox', { name: 'Text in the box' });
  await expect(text).toHaveValue('Carrier: Northern Road Freight');
  await text.fill('Northern Road Freight');
  await page.reload();
  await hydrated(page);
  await expect(regions(page)).toHaveText([/Total 184\.50/, /Page 2 · Northern Road Freight/]);
  await regions(page).last().click();
  await expect(picture(page)).toHaveAccessibleName(/document, page 2 of 2/);
  await page.getByRole('radio', { name: 'Invoice' }).click();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Task 2')).toBeVisible();

  // What is not there says so, and the rest of the task can be answered.
  await expect(page.getByRole('alert')).toContainText('404');
  await page.getByRole('radio', { name: 'Something else' }).click();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();

  const [task] = await exportJson(page, project, 'JSON');
  const [sum, carrier, kind] = task.annotations[0].result;
  const near = (part: number) => expect.closeTo(part, 2);
  expect(sum).toMatchObject({
    from_name: 'field', to_name: 'document', type: 'ocrlabels', origin: 'manual',
    value: { x: near(0.64), y: near(0.54), width: near(0.28), height: near(0.07), rotation: 0, pageIndex: 1, ocrtext: 'Total 184.50', ocrlabels: ['Amount'] },
  });
  expect(carrier.value).toEqual({
    x: near(0.09), y: near(0.148), width: near(0.41), height: near(0.028), rotation: 0,
    pageIndex: 2, ocrtext: 'Northern Road Freight', ocrlabels: ['Supplier'],
  });
  expect(kind.value).toEqual({ choices: ['Invoice'] });
});

test('a document begins as large and turned as its interface says', async ({ app, page }) => {
  await newOwner(page, app, 'Turners');
  const config = (how: string) => `<View>
  <Pdf name="document" value="$pdf" ${how}/>
  <OcrLabels name="parts" toName="document"><Label value="Amount"/></OcrLabels>
</View>`;
  const shown = async (how: string) => {
    const project = await createProjectWith(page, app, `Turned ${how}`, config(how));
    await importTasks(page, [{ pdf: '/demo/invoice.pdf' }]);
    await open(page, `${project}/label`);
    await expect(picture(page)).toHaveClass(/is-ready/);
    return picture(page).locator('img').evaluate((image) => {
      const { a, b } = new DOMMatrix(getComputedStyle(image).transform);
      return { zoom: Math.hypot(a, b), turn: Math.round((Math.atan2(b, a) * 180) / Math.PI) };
    });
  };
  const upright = await shown('');
  const larger = await shown('zoom="2"');
  expect([upright.turn, larger.turn]).toEqual([0, 0]);
  expect(larger.zoom / upright.zoom).toBeCloseTo(2, 5);
  expect((await shown('rotate="90"')).turn).toBe(90);
});
