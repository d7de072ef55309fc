// A bucket is connected, its pictures become tasks that browsers load from it, and what is submitted is written back. A folder of the
// server brings files of tasks, and tells which of them cannot be read.
import fs from 'node:fs';
import path from 'node:path';
import { Bucket } from '../../support/bucket';
import { createProjectWith } from '../../support/project';
import { newOwner } from '../../support/session';
import { drawBox, showActualSize } from '../../support/surface';
import { expect, expectAccessible, open, test } from '../../support/test';

const CAT = { width: 451, height: 300 };
const CONFIG = `<View><Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="Eye"/></RectangleLabels></View>`;
const PICTURE = fs.readFileSync(path.resolve(import.meta.dirname ?? __dirname, '../../../public/demo/chelsea.jpg'));

test('a bucket brings pictures and takes what is drawn on them', async ({ app, page }) => {
  await newOwner(page, app, 'Buckets');
  const project = await createProjectWith(page, app, 'Cats in a bucket', CONFIG);
  const bucket = await Bucket.start('AKIASYNAPSE00001', { 'in/a cat.jpg': PICTURE, 'in/b.jpg': PICTURE, 'in/notes.txt': Buffer.from('x') });

  await open(page, `${project}/settings/storage`);
  await expect(page.getByRole('heading', { name: 'No sources yet' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Add a source' }).click();
  const form = page.getByRole('dialog', { name: 'Add a source' });
  await form.getByRole('textbox', { name: 'Bucket' }).fill('cats');
  await form.getByRole('textbox', { name: 'Folder' }).fill('in');
  await form.getByRole('textbox', { name: 'Address of the server' }).fill('http://10.0.0.1');
  await form.getByRole('textbox', { name: 'Access key ID' }).fill('AKIANOBODY000001');
  await form.getByRole('textbox', { name: 'Secret access key' }).fill('open sesame');
  await form.getByRole('textbox', { name: 'Only keys that match' }).fill('.*\\.jpg$');
  await form.getByRole('button', { name: 'Check connection' }).click();
  await expect(form.getByText('leads into a private network')).toBeVisible();
  await form.getByRole('textbox', { name: 'Address of the server' }).fill(bucket.url);
  await form.getByRole('button', { name: 'Check connection' }).click();
  await expect(form.getByText('does not know this access key')).toBeVisible();
  await expectAccessible(page);
  await form.getByRole('textbox', { name: 'Access key ID' }).fill('AKIASYNAPSE00001');
  await form.getByRole('button', { name: 'Check connection' }).click();
  await expect(form.getByText('The storage answers. This comes first:')).toBeVisible();
  await expect(form.getByText('in/a cat.jpg')).toBeVisible();
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form).toBeHidden();

  const sources = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Sources' }) });
  const source = sources.getByRole('listitem');
  await expect(source).toContainText('2 objects brought in');
  await expect(source).toContainText('Synced');
  await expect(source).toContainText('s3://cats/in');
  await expect(source).toContainText('Key …0001');
  await expectAccessible(page);

  // What is new comes with the next sync, and nothing twice.
  bucket.objects.set('in/c.jpg', PICTURE);
  await source.getByRole('button', { name: 'Sync cats' }).click();
  await expect(source).toContainText('3 objects brought in');

  await page.getByRole('button', { name: 'Add a target' }).click();
  const target = page.getByRole('dialog', { name: 'Add a target' });
  await target.getByRole('textbox', { name: 'Bucket' }).fill('cats');
  await target.getByRole('textbox', { name: 'Folder' }).fill('out');
  await target.getByRole('textbox', { name: 'Address of the server' }).fill(bucket.url);
  await target.getByRole('textbox', { name: 'Access key ID' }).fill('AKIASYNAPSE00001');
  await target.getByRole('textbox', { name: 'Secret access key' }).fill('open sesame');
  await target.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(target).toBeHidden();
  const targets = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Targets' }) });
  await expect(targets.getByRole('listitem')).toContainText('Nothing written yet');

  // The list of tasks and the label page show the pictures; the browser has fetched them from the bucket itself.
  bucket.asked.length = 0;
  await open(page, `${project}/data`);
  const thumb = page.locator('.data-thumb').first();
  await expect.poll(() => thumb.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(CAT.width);
  expect(bucket.asked).toContainEqual({ method: 'GET', key: 'in/a cat.jpg', isSigned: true });
  await open(page, `${project}/label`);
  await showActualSize(page);
  await drawBox(page, CAT, [100, 100, 60, 40]);
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await expect.poll(() => [...bucket.objects.keys()].filter((key) => key.startsWith('out/')).length).toBe(1);
  const [key] = [...bucket.objects.keys()].filter((known) => known.startsWith('out/'));
  const written = JSON.parse(bucket.objects.get(key!)!.toString());
  expect(written.task.data.image).toBe('s3://cats/in/a cat.jpg');
  expect(written.result[0]).toMatchObject({ type: 'rectanglelabels', value: { rectanglelabels: ['Eye'] } });

  await open(page, `${project}/settings/storage`);
  await expect(targets.getByRole('listitem')).toContainText('1 annotation written');
  await targets.getByRole('button', { name: 'Manage cats' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog', { name: 'Remove “cats”?' }).getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('heading', { name: 'No targets yet' })).toBeVisible();
  await bucket.stop();
});

test('a folder of the server brings files of tasks and tells which cannot be read', async ({ app, page }) => {
  await newOwner(page, app, 'Folders');
  const project = await createProjectWith(page, app, 'Cats in a folder', CONFIG);
  const folder = path.join(app.folder, 'lists');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'good.json'), JSON.stringify([{ image: '/demo/chelsea.jpg' }, { image: '/demo/coins.jpg' }]));
  fs.writeFileSync(path.join(folder, 'broken.json'), '[]');

  await open(page, `${project}/settings/storage`);
  await page.getByRole('button', { name: 'Add a source' }).click();
  const form = page.getByRole('dialog', { name: 'Add a source' });
  await form.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'Folder on the server' });
  await form.getByRole('textbox', { name: 'Folder' }).fill('nowhere');
  await form.getByRole('radio', { name: /What files say/ }).check();
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form.getByText('There is no such folder')).toBeVisible();
  await form.getByRole('textbox', { name: 'Folder' }).fill('lists');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form).toBeHidden();
  const source = page.getByRole('listitem').filter({ hasText: 'lists' });
  await expect(source).toContainText('1 object brought in');
  await expect(source).toContainText('With failures');
  await source.getByRole('button', { name: '1 object failed' }).click();
  const failures = page.getByRole('dialog', { name: 'Objects of “lists” that failed' });
  await expect(failures.getByRole('row', { name: /broken\.json/ })).toContainText('There are no tasks in this file.');
  await expectAccessible(page);
  await failures.getByRole('button', { name: 'Close' }).click();

  // Mended, it comes with the next sync.
  fs.writeFileSync(path.join(folder, 'broken.json'), JSON.stringify({ image: '/demo/coffee.jpg' }));
  await source.getByRole('button', { name: 'Sync lists' }).click();
  await expect(source).toContainText('2 objects brought in');
  await expect(source).not.toContainText('failed');
  await open(page, `${project}/data`);
  await expect(page.getByRole('row')).toHaveCount(4);
});
