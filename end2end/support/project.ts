// A project of one's own: from a template, filled with files, taken out again.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import type { FileChooser, Page } from '@playwright/test';
import type { App } from './app';
import { expect, expectAccessible, open } from './test';

const FIXTURES = path.resolve(import.meta.dirname ?? __dirname, '../fixtures');

/** A file of `end2end/fixtures`. */
export function fixture(name: string): string {
  return path.join(FIXTURES, name);
}

/** Walks through the wizard with a template and stops at the import; returns the address of the project. */
export async function createProject(page: Page, app: App, title: string, template: string): Promise<string> {
  await open(page, `${app.url}/projects/new`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(title);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('radio', { name: /Import files next/ })).toBeChecked();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: template }).click();
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.waitForURL('**/projects/*/import');
  return page.url().replace(/\/import$/, '');
}

/** The same with a labeling interface written by hand. */
export async function createProjectWith(page: Page, app: App, title: string, config: string): Promise<string> {
  await open(page, `${app.url}/projects/new`);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(title);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Object detection' }).click();
  // The text of the template first, or it would come over what is written here; then what is written here.
  const text = page.getByRole('textbox', { name: 'Labeling interface' });
  await expect(text).toContainText('Draw a tight box');
  await text.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(config);
  await expect(text).not.toContainText('Draw a tight box');
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.waitForURL('**/projects/*/import');
  return page.url().replace(/\/import$/, '');
}

/** A box of the template “Object detection” on `chelsea.jpg`, in percent of the picture, as results hold it. */
export function boxResult(id: string, label: string, [x, y, width, height]: [number, number, number, number]) {
  return {
    id,
    from_name: 'objects',
    to_name: 'image',
    type: 'rectanglelabels',
    original_width: 451,
    original_height: 300,
    image_rotation: 0,
    value: { x, y, width, height, rotation: 0, rectanglelabels: [label] },
  };
}

type Files = Parameters<FileChooser['setFiles']>[0];

/** Chooses files in the dialog of the import page one is on. */
export async function chooseFiles(page: Page, names: string[]): Promise<void> {
  await choose(page, names.map(fixture));
}

/** The same, and waits until their tasks are there. */
export async function importFiles(page: Page, names: string[], tasks: number): Promise<void> {
  await sendFiles(page, names.map(fixture), tasks);
}

/** The same with tasks made up here, as a JSON file. */
export async function importTasks(page: Page, tasks: object[]): Promise<void> {
  const buffer = Buffer.from(JSON.stringify(tasks));
  await sendFiles(page, { name: 'tasks.json', mimeType: 'application/json', buffer }, tasks.length);
}

async function choose(page: Page, files: Files): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  // By hand: the click goes through the label to an input that has no place on the page of its own.
  const label = await page.getByText('Drop files here, or choose them').boundingBox();
  if (!label) throw new Error('no place to choose files');
  await page.mouse.click(label.x + label.width / 2, label.y + label.height / 2);
  await (await chooser).setFiles(files);
}

/** Sends files, made up here or of the disk, and waits until their tasks are there. */
export async function sendFiles(page: Page, files: Files, tasks: number): Promise<void> {
  await choose(page, files);
  await expect(page.getByText(`${tasks} ${tasks === 1 ? 'task' : 'tasks'} imported`)).toBeVisible();
  await expectAccessible(page);
}

/** Exports all work of a project in a JSON format and reads the file that comes down. */
export async function exportJson(page: Page, project: string, format: string): Promise<any> {
  await open(page, `${project}/export`);
  await page.getByRole('button', { name: `Export as ${format}`, exact: true }).click();
  const link = page.getByRole('link', { name: 'Download' }).first();
  await expect(link).toBeVisible();
  await expectAccessible(page);
  const download = page.waitForEvent('download');
  await link.click();
  return JSON.parse(result(fs.readFileSync(await (await download).path())));
}

/** What was exported: the file itself, or `result.json` of an archive. */
function result(file: Buffer): string {
  if (file.readUInt32LE(0) !== 0x04034b50) return file.toString('utf8');
  // The first mention of the name is in the header before its bytes.
  const name = file.indexOf('result.json');
  const extra = file.readUInt16LE(name - 2);
  return zlib.inflateRawSync(file.subarray(name + 'result.json'.length + extra)).toString('utf8');
}
