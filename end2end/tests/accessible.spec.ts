// Every page, light and dark: nothing that keeps people with assistive technology out, nothing in the console.
import type { Page } from '@playwright/test';
import { DEMO, signIn } from '../support/session';
import { expect, expectAccessible, hydrated, test } from '../support/test';

/** Before signing in. */
const OUTSIDE = ['/', '/login', '/signup', '/forgot'];
/** As the owner of the demo workspace; 1 holds photographs, 2 texts. */
const INSIDE = [
  '/projects',
  '/projects/new',
  '/projects/1',
  '/projects/1/data',
  '/projects/1/label',
  '/projects/1/tasks/1',
  '/projects/2/label',
  '/projects/1/import',
  '/projects/1/import/update',
  '/projects/1/export',
  '/projects/1/settings',
  '/projects/1/settings/labeling',
  '/projects/1/settings/models',
  '/projects/1/settings/storage',
  '/projects/1/settings/instructions',
  '/projects/1/settings/people',
  '/projects/1/settings/danger',
  '/org',
  '/account',
];

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test.slow();

    test('pages outside are for everybody', async ({ demoApp, page }) => {
      for (const address of OUTSIDE) await look(page, demoApp.url + address);
    });

    test('pages inside are for everybody', async ({ demoApp, page }) => {
      await signIn(page, demoApp, DEMO.owner);
      for (const address of INSIDE) await look(page, demoApp.url + address);
    });
  });
}

async function look(page: Page, address: string): Promise<void> {
  await test.step(address, async () => {
    const answer = await page.goto(address);
    expect.soft(answer?.status(), address).toBe(200);
    await hydrated(page);
    await expectAccessible(page);
  });
}
