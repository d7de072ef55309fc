// The figures of script/bench/run: sizes on the wire, memory at rest, time to ready.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createDatabase, dropDatabase } from '../lib/database.mjs';

const STARTS = 5;
/** After this long a server with nothing to do counts as idle. */
const SETTLES_MS = 5000;
const rows = [];

const pkg = 'target/release/site/pkg';
for (const [what, ending, limit] of [['wasm', '.wasm.br', 900], ['script', '.js.br', undefined], ['style', '.css.br', undefined]]) {
  const file = fs.readdirSync(pkg).find((name) => name.startsWith('synapse.') && name.endsWith(ending));
  rows.push([`${what}, brotli`, `${(fs.statSync(path.join(pkg, file)).size / 1024).toFixed(0)} KB`, limit ? `≤ ${limit} KB` : '']);
}

const server = process.env.TEST_DATABASE_URL;
const name = `synapse_bench_${process.pid}`;
const databaseUrl = await createDatabase(server, name);
const data = fs.mkdtempSync(path.join(os.tmpdir(), 'synapse-bench-'));
try {
  // The first start migrates; the others find an existing database.
  await (await start()).stop();
  const times = [];
  for (let n = 0; n < STARTS; n += 1) {
    const running = await start();
    times.push(running.ms);
    await running.stop();
  }
  times.sort((a, b) => a - b);
  rows.push(['cold start to ready', `${times[Math.floor(STARTS / 2)].toFixed(0)} ms (of ${STARTS}, worst ${times.at(-1).toFixed(0)} ms)`, '≤ 1000 ms']);

  const running = await start();
  for (let n = 0; n < 20; n += 1) await fetch(`${running.url}/login`).then((answer) => answer.text());
  await pause(SETTLES_MS);
  const memory = residentBytes(running.pid);
  if (memory !== undefined) rows.push(['memory at rest, without Postgres', `${(memory / 1e6).toFixed(0)} MB`, '≤ 100 MB']);
  await running.stop();
} finally {
  await dropDatabase(server, name);
  fs.rmSync(data, { recursive: true, force: true });
}

const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
for (const row of rows) console.log(`| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`);
console.log(`on ${os.cpus()[0]?.model.trim()}, ${os.cpus().length} processors, ${(os.totalmem() / 2 ** 30).toFixed(0)} GB, ${os.type()} ${os.release()}`);

async function start() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = spawn('target/release/server', ['serve', '--addr', `127.0.0.1:${port}`, '--data', data, '--log', 'error'], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error('the server stopped');
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

function residentBytes(pid) {
  const status = `/proc/${pid}/status`;
  if (!fs.existsSync(status)) return undefined;
  return Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(status, 'utf8'))[1]) * 1024;
}

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  return port;
}
