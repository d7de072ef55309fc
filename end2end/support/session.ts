// Signing in the way people do.
import type { Browser, Page } from '@playwright/test';
import type { App } from './app';
import { expect, hydrated, open } from './test';

/** The people of the demo workspace; the server prints them too. */
export const DEMO = {
  owner: 'owner@demo.test',
  reviewer: 'reviewer@demo.test',
  annotator1: 'annotator1@demo.test',
  annotator2: 'annotator2@demo.test',
  staff: 'staff@demo.test',
} as const;

export const DEMO_PASSWORD = 'synapse-demo';

/** Of everybody else. */
export const PASSWORD = 'plain-otter-battery-7';

/** Signs in by the form and waits for the page behind it. */
export async function signIn(page: Page, app: App, email: string, password = DEMO_PASSWORD): Promise<void> {
  await open(page, `${app.url}/login`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
  await hydrated(page);
}

/** Somebody new who owns an organization, signed in. Returns the address, which nobody else on this server has. */
export async function newOwner(page: Page, app: App, organization: string): Promise<string> {
  const email = app.newAddress();
  app.person(email, PASSWORD, { organization });
  await signIn(page, app, email, PASSWORD);
  return email;
}

/**
 * Somebody new in the organization of the owner who is signed in, who labels in the project, signed in in a browser of
 * their own. For a project that has nobody else to choose from.
 */
export async function newAnnotator(page: Page, app: App, browser: Browser, project: string): Promise<Page> {
  const email = app.newAddress();
  await open(page, `${app.url}/org`);
  await page.getByRole('button', { name: 'Invite people' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  await expect(dialog.getByRole('textbox', { name: 'E-mail' })).toBeFocused();
  await page.keyboard.type(email);
  await page.keyboard.press('Enter');
  const link = await dialog.getByText(/^http.*\/invite\//).textContent();
  app.person(email, PASSWORD);
  const other = await (await browser.newContext()).newPage();
  await signIn(other, app, email, PASSWORD);
  await open(other, link!);
  await other.getByRole('button', { name: 'Accept and join' }).click();
  await other.waitForURL('**/projects');
  await open(page, `${project}/settings/people`);
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByRole('region', { name: 'People of the project' }).getByText(email)).toBeVisible();
  return other;
}

/** Signs up with an organization of one's own, and confirms the address by the mailed link. */
export async function signUp(page: Page, app: App, email: string, organization: string): Promise<void> {
  await open(page, `${app.url}/signup`);
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Organization').fill(organization);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/check-mail*');
  await open(page, `${app.url}/dev/outbox`);
  await page.getByRole('link', { name: 'Open the link' }).first().click();
  await hydrated(page);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/verify'));
  await hydrated(page);
}
