// The figures of script/bench/run: import beside COPY, memory at rest, time to ready, first paint, sizes on the wire.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createDatabase, dropDatabase } from '../lib/database.mjs';

const STARTS = 5;
const VISITS = 20;
/** After this long a server with nothing to do counts as idle. */
const SETTLES_MS = 5000;
const SITE = 'target/release/site';
const OWNER = { next: '', email: 'owner@demo.test', password: 'synapse-demo' };

const rows = [];
const row = (what, figure, goal = '') => rows.push([what, figure, goal]);

if (!process.argv.includes('--no-import')) imports();
await served();
await startedAgain();
sizes();
print();

/** Simple JSON tasks, beside a bare `COPY` of the same rows in the same run. */
function imports() {
  const { stdout, stderr, status } = spawnSync('cargo', ['bench', '--quiet', '--package', 'service', '--bench', 'import'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the import bench failed:\n${stderr}`);
  const rate = /whole import\s+[\d.]+\s+(\d+)/.exec(stdout)?.[1];
  const ratio = /import \/ bare COPY:\s*([\d.]+)/.exec(stdout)?.[1];
  if (!rate || !ratio) throw new Error(`the import bench says something else:\n${stdout}`);
  row('import, simple JSON tasks', `${Number(rate).toLocaleString('en')} tasks/s`, '≥ 20,000 tasks/s');
  row('import, times a bare COPY', ratio, '≤ 3');
}

/** What one server does: it starts on a database that is there, shows pages, and rests. */
async function served() {
  const name = `synapse_bench_${process.pid}`;
  const databaseUrl = await createDatabase(process.env.TEST_DATABASE_URL, name);
  const data = temporary();
  const begin = (...options) => serve('target/release/server', ['serve', ...options], data, { DATABASE_URL: databaseUrl });
  try {
    // The first start migrates and makes the demo workspace; the others find it.
    await (await begin('--demo')).stop();
    const starts = [];
    for (let n = 0; n < STARTS; n += 1) {
      const running = await begin();
      starts.push(running.ms);
      await running.stop();
    }
    row('cold start to ready', told(starts), '≤ 1000 ms');

    const running = await begin();
    const first = await labelPage(running.url);
    row('label page, first byte', told(first.waits));
    row('label page, drawn by the server', first.found, 'object, controls');
    await pause(SETTLES_MS);
    const memory = residentBytes(running.pid);
    if (memory !== undefined) row('memory at rest, without Postgres', `${(memory / 1e6).toFixed(0)} MB`, '≤ 100 MB');
    await running.stop();
  } finally {
    await dropDatabase(process.env.TEST_DATABASE_URL, name);
    fs.rmSync(data, { recursive: true, force: true });
  }
}

/** The page of the first demo project that has a task left, as a browser without scripts gets it. */
async function labelPage(url) {
  const form = /<form action="([^"]+)"/.exec(await text(`${url}/login`))[1];
  const signedIn = await fetch(url + form, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams(OWNER), headers: { accept: 'text/html', origin: url },
  });
  const cookie = signedIn.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  const waits = [];
  let page = '';
  for (let n = 0; n < VISITS; n += 1) {
    const begun = performance.now();
    const answer = await fetch(`${url}/projects/1/label`, { headers: { cookie } });
    waits.push(performance.now() - begun);
    page = await answer.text();
  }
  const parts = { object: /<img[^>]*surface-image/, labels: /Person/, regions: /Regions/, submit: /Submit/ };
  const found = Object.entries(parts).map(([part, pattern]) => `${part}${pattern.test(page) ? '' : ' MISSING'}`);
  return { waits, found: found.join(', ') };
}

/** `script/server` when nothing has changed since the last time: everything it looks at, and its own Postgres. */
async function startedAgain() {
  const data = temporary();
  const begin = () => serve('script/server', ['--release', '--no-demo', '--'], data, { DATABASE_URL: '' });
  await (await begin()).stop();
  const again = await begin();
  row('script/server, nothing changed', `${again.ms.toFixed(0)} ms to ready`, '≤ 3000 ms');
  await again.stop();
  fs.rmSync(data, { recursive: true, force: true });
}

/** What a browser downloads, in the compressed form that is sent. */
function sizes() {
  const sent = (file) => fs.statSync([`${file}.br`, file].find(fs.existsSync)).size;
  const pkg = path.join(SITE, 'pkg');
  const only = (ending) => sent(path.join(pkg, fs.readdirSync(pkg).find((name) => new RegExp(`^synapse\\.[0-9a-f]{16}\\.${ending}$`).test(name))));
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} KB`;
  const shared = only('wasm');
  const pieces = JSON.parse(fs.readFileSync(path.join(SITE, 'pieces.json'), 'utf8'));
  const all = new Set(Object.values(pieces).flat());
  const weigh = (files) => [...files].reduce((sum, file) => sum + sent(path.join(pkg, file)), 0);
  row('wasm, what all pages share, brotli', kilobytes(shared), '≤ 900 KB');
  for (const [piece, files] of Object.entries(pieces).sort()) {
    row(`wasm, with the pages of "${piece}"`, `${kilobytes(shared + weigh(files))} (+ ${files.length} files)`, '≤ 900 KB');
  }
  row('wasm, all pages', kilobytes(shared + weigh(all)));
  row('script, brotli', kilobytes(only('js')));
  row('style, brotli', kilobytes(only('css')));
}

function print() {
  const table = [['', 'measured', 'goal'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  console.log(`\n${os.cpus()[0]?.model.trim()}, ${os.cpus().length} processors, ${(os.totalmem() / 2 ** 30).toFixed(0)} GB, ${os.type()} ${os.release()}`);
  table.splice(1, 0, widths.map((width) => '-'.repeat(width)));
  for (const cells of table) console.log(line(cells));
}

/** Starts the program and waits until it is ready. */
async function serve(program, parameters, data, environment) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = spawn(program, [...parameters, '--addr', `127.0.0.1:${port}`, '--data', data, '--log', 'error'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program} stopped`);
    const answer = await fetch(`${url}/ready`).catch(() => undefined);
    if (answer?.ok) break;
    await pause(2);
  }
  const ms = performance.now() - begun;
  const stop = async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  return { url, ms, pid: child.pid, stop };
}

/** The median, and the worst. */
function told(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)].toFixed(0)} ms (of ${sorted.length}, worst ${sorted.at(-1).toFixed(0)} ms)`;
}

async function text(url) {
  return (await fetch(url)).text();
}

function residentBytes(pid) {
  const status = `/proc/${pid}/status`;
  if (!fs.existsSync(status)) return undefined;
  return Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(status, 'utf8'))[1]) * 1024;
}

function temporary() {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'synapse-bench-'));
}

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  return port;
}
