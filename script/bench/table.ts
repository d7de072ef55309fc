// Prints what the benches told, as one table with the machine beside it.
import os from 'node:os';
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

export default class Table implements Reporter {
  private readonly rows: string[][] = [];

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const { type, description } of result.annotations) {
      if (type === 'figure') this.rows.push(JSON.parse(description ?? '[]'));
    }
    if (result.status !== 'passed') this.rows.push([test.title, `did not end: ${result.error?.message?.split('\n')[0] ?? result.status}`, '']);
  }

  onEnd(): void {
    const table = [['', 'measured', 'goal'], ...this.rows];
    const widths = [0, 1, 2].map((column) => Math.max(...table.map((cells) => cells[column].length)));
    table.splice(1, 0, widths.map((width) => '-'.repeat(width)));
    console.log(`\n${os.cpus()[0]?.model.trim()}, ${os.cpus().length} processors, ${(os.totalmem() / 2 ** 30).toFixed(0)} GB, headless Chromium`);
    for (const cells of table) console.log(`| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
  }
}
