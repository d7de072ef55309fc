// From nothing to a workspace of one's own: sign up, confirm by the mailed link, sign out, sign in.
import { expect, expectAccessible, hydrated, open, test } from '../../support/test';
import { PASSWORD, signIn } from '../../support/session';

const EMAIL = 'ada@example.com';

test('a client signs up, confirms the address and owns an organization', async ({ app, page }) => {
  await open(page, `${app.url}/signup`);
  await expectAccessible(page);
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Organization').fill('Analytical Engines');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/check-mail*');
  await hydrated(page);
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Open the development outbox' }).click();
  await page.waitForURL('**/dev/outbox');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'As plain text' }).click();
  await expect(page.getByText('Hello Ada Lovelace,')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'As HTML' }).click();
  // The mail as it is sent runs nothing here, and its button opens a page of its own.
  const mail = page.frameLocator('iframe[title="Confirm your e-mail address, as HTML"]');
  const opened = page.waitForEvent('popup');
  await mail.getByRole('link', { name: 'Confirm e-mail address' }).click();
  const confirmation = await opened;
  await expect(confirmation.getByRole('button', { name: 'Confirm' })).toBeVisible();
  await confirmation.close();
  await page.getByRole('link', { name: 'Open the link' }).first().click();
  await hydrated(page);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/verify'));

  await open(page, `${app.url}/org`);
  await expect(page.getByText('Analytical Engines').first()).toBeVisible();
  await expectAccessible(page);
});

test('a wrong password is refused next to the field', async ({ app, page }) => {
  await open(page, `${app.url}/login`);
  await page.getByLabel('E-mail').fill('nobody@example.com');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('do not belong together')).toBeVisible();
  await expectAccessible(page);
});

test('whoever has confirmed signs in and is remembered', async ({ app, page }) => {
  app.person('grace@example.com', PASSWORD);
  await signIn(page, app, 'grace@example.com', PASSWORD);
  await open(page, `${app.url}/account`);
  await expect(page.getByRole('main').getByText('grace@example.com').first()).toBeVisible();
  await expectAccessible(page);
});

test('whoever has forgotten the password chooses another, by a link that works once', async ({ app, page }) => {
  app.person('mary@example.com', PASSWORD);
  await open(page, `${app.url}/forgot`);
  await page.getByLabel('E-mail').fill('mary@example.com');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByText('If there is an account for mary@example.com')).toBeVisible();
  await open(page, `${app.url}/dev/outbox`);
  const link = await page.getByRole('link', { name: 'Open the link' }).first().getAttribute('href');
  await open(page, new URL(link!, app.url).href);
  await page.getByLabel('New password', { exact: true }).fill('another-fine-otter-9');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.waitForURL('**/projects');
  // Told before anything is typed.
  await open(page, new URL(link!, app.url).href);
  await expect(page.getByRole('heading', { name: 'This link does not work' })).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByRole('link', { name: 'Get a new link' })).toBeVisible();
});

test('somebody without an organization is told what to do, wherever one is needed', async ({ app, page }) => {
  app.person('lone@example.com', PASSWORD);
  await signIn(page, app, 'lone@example.com', PASSWORD);
  for (const address of ['/projects', '/projects/new', '/org']) {
    const answer = await page.goto(app.url + address);
    expect(answer?.status()).toBe(200);
    await hydrated(page);
    await expect(page.getByRole('heading', { name: 'You are in no organization yet' })).toBeVisible();
    await expectAccessible(page);
  }
  await page.getByLabel('Organization name').fill('Of my own');
  await page.getByRole('button', { name: 'Make the organization' }).click();
  await expect(page.getByRole('heading', { name: 'Of my own' })).toBeVisible();
});

test('who is in the organization is not invited again', async ({ app, page, browser }) => {
  app.person('owner.of@example.com', PASSWORD);
  await signIn(page, app, 'owner.of@example.com', PASSWORD);
  await open(page, `${app.url}/org`);
  await page.getByLabel('Organization name').fill('Invitations');
  await page.getByRole('button', { name: 'Make the organization' }).click();
  await expect(page.getByRole('heading', { name: 'Invitations', level: 1 })).toBeVisible();
  await hydrated(page);
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  const invite = async (email: string) => {
    await page.getByRole('button', { name: 'Invite people' }).first().click();
    await expect(dialog.getByRole('textbox', { name: 'E-mail' })).toBeFocused();
    await page.keyboard.type(email);
    await page.keyboard.press('Enter');
  };
  await invite('ben@example.com');
  const link = await dialog.getByText(/^http.*\/invite\//).textContent();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(/in 7 days/)).toBeVisible();

  // Not for whoever happens to be signed in.
  await invite('eve@example.com');
  const toEve = await dialog.getByText(/^http.*\/invite\//).textContent();
  app.person('ben@example.com', PASSWORD);
  const other = await (await browser.newContext()).newPage();
  await signIn(other, app, 'ben@example.com', PASSWORD);
  await open(other, toEve!);
  await expect(other.getByText('It is for eve@example.com')).toBeVisible();
  await open(other, link!);
  await other.getByRole('button', { name: 'Accept and join' }).click();
  await other.waitForURL('**/projects');
  await open(other, link!);
  await expect(other.getByText('This invitation has already been used')).toBeVisible();
  await other.context().close();

  await dialog.getByRole('button', { name: 'Done' }).click();
  await invite('ben@example.com');
  await expect(dialog.getByRole('alert')).toContainText('in this organization already');
  await page.keyboard.press('Escape');
});
