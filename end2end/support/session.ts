// Signing in the way people do.
import type { Page } from '@playwright/test';
import type { App } from './app';
import { hydrated, open } from './test';

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
