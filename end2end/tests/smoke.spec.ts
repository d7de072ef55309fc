// What holds for every page, before anybody has signed in.
import { expect, expectAccessible, hydrated, open, test } from '../support/test';

test('an unknown address says so, with the way back', async ({ app, page }) => {
  const answer = await page.goto(`${app.url}/no-such-page`);
  expect(answer?.status()).toBe(404);
  await hydrated(page);
  await expectAccessible(page);
});

test('pages forbid everything they do not need', async ({ app, page }) => {
  const answer = await page.goto(app.url);
  const policy = answer?.headers()['content-security-policy'] ?? '';
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']{16,}' 'wasm-unsafe-eval'/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(answer?.headers()['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('the start page comes alive', async ({ app, page }) => {
  await open(page, app.url);
  await expectAccessible(page);
});
