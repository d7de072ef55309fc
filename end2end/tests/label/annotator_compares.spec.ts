// Another version of the answers beside the work: looked at, taken over piece by piece or whole, and given back.
import type { Page } from '@playwright/test';
import { boxResult, createProject, exportJson, importTasks } from '../../support/project';
import { newOwner } from '../../support/session';
import { regions } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const cat = boxResult('cat', 'Animal', [20, 20, 20, 30]);
const moved = boxResult('cat', 'Animal', [25, 20, 20, 30]);
const chair = boxResult('chair', 'Object', [60, 50, 20, 30]);

test('proposals are compared and taken over, and so is what one did before', async ({ app, page }) => {
  await newOwner(page, app, 'Comparers');
  const project = await createProject(page, app, 'Compared', 'Object detection');
  await importTasks(page, [
    {
      data: { image: '/demo/chelsea.jpg' },
      predictions: [
        { model_version: 'careful', score: 0.91, result: [moved, chair] },
        { model_version: 'quick', score: 0.5, result: [cat] },
      ],
    },
  ]);
  await open(page, `${project}/label`);
  // The newest proposal is what the work begins with.
  await expect(regions(page)).toHaveText([/Animal/]);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Differences' });
  await panel.getByLabel('Version to compare with').selectOption('Model careful');
  await expect(panel.getByText('Score 0.91')).toBeVisible();
  await expect(panel.getByRole('listitem')).toHaveText([/Object.*Only there/, /Animal.*Different/]);
  await expect(page.getByRole('application', { name: /^Picture/ })).toHaveCount(2);
  await expectAccessible(page);

  // What is zoomed here is zoomed there.
  const scales = () => page.locator('.surface-image').evaluateAll((all) => all.map((image) => new DOMMatrix(getComputedStyle(image).transform).a.toFixed(4)));
  const [before] = await scales();
  await page.getByRole('button', { name: 'Zoom in' }).last().click();
  await expect.poll(async () => (await scales()).includes(before!)).toBe(false);
  await expect.poll(async () => new Set(await scales()).size).toBe(1);

  // Each picture has its own light.
  const looks = page.getByRole('button', { name: 'Light, grid and crosshair' });
  for (const [at, gamma] of ['50', '200'].entries()) {
    await looks.nth(at).click();
    await page.getByRole('slider', { name: 'Gamma' }).fill(gamma);
    await looks.nth(at).click();
  }
  const exponents = () =>
    page.locator('.surface-image').evaluateAll((all) =>
      all.map((image) => {
        const name = /#([\w-]+)/.exec((image as HTMLElement).style.filter)?.[1] ?? 'none';
        return document.getElementById(name)?.querySelector('feFuncR')?.getAttribute('exponent');
      }),
    );
  await expect.poll(exponents).toEqual(['2.000', '0.500']);

  await panel.getByRole('button', { name: 'Take over: Object' }).click();
  await expect(panel.getByRole('listitem')).toHaveText([/Animal.*Different/]);
  await panel.getByRole('button', { name: 'Make it as there: Animal' }).click();
  await expect(panel.getByText('Your work says the same.')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(panel.getByRole('listitem')).toHaveText([/Animal.*Different/]);
  await page.keyboard.press('Control+z');
  await expect(panel.getByRole('listitem')).toHaveCount(2);
  await panel.getByRole('button', { name: 'Take over all of it' }).click();
  await expect(panel.getByText('Your work says the same.')).toBeVisible();
  await panel.getByRole('button', { name: 'Stop comparing' }).click();
  await expect(regions(page)).toHaveText([/Animal/, /Object/]);
  await submit(page);

  // Changed later, the work has a version before that can be brought back.
  await open(page, `${project}/label?task=${await firstTask(page, project)}`);
  await expect(regions(page)).toHaveCount(2);
  await regions(page).nth(1).getByRole('button').first().click();
  await page.keyboard.press('Delete');
  await expect(regions(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(page.getByText('Updated.')).toBeVisible();
  await expect(regions(page)).toHaveCount(1);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await panel.getByLabel('Version to compare with').selectOption('You, version 1');
  await expect(panel.getByRole('listitem')).toHaveText([/Object.*Only there/]);
  await panel.getByRole('button', { name: 'Take over all of it' }).click();
  await expect(panel.getByText('Your work says the same.')).toBeVisible();
  await page.getByRole('button', { name: 'Update' }).click();
  // The task is opened anew, without anything beside it.
  await expect(panel).toBeHidden();
  const [animal, object] = await results(page, project);
  expect(animal).toMatchObject({ id: 'cat', value: moved.value });
  expect(object).toMatchObject({ id: 'chair', value: chair.value });
});

async function submit(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByRole('heading', { name: 'Everything is labeled' })).toBeVisible();
}

async function firstTask(page: Page, project: string): Promise<number> {
  const [task] = await exportJson(page, project, 'JSON');
  return task.id;
}

async function results(page: Page, project: string): Promise<any[]> {
  const [task] = await exportJson(page, project, 'JSON');
  return task.annotations[0].result;
}
