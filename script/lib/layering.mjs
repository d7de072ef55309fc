// Which crate may know what: the table of docs/architecture.md, checked over `cargo tree` and the sources; and that migrations have an order.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const SERVER_ONLY = ['service', 'server', 'sqlx', 'tokio', 'axum', 'leptos_axum', 'reqwest', 'graphile_worker'];
const SCREENS = ['leptos', 'leptos_router', 'leptos_meta', 'web-sys', 'app'];
const WASM = ['--target', 'wasm32-unknown-unknown'];

const TREES = [
  { crate: 'domain', never: [...SERVER_ONLY, ...SCREENS, 'editor', 'rand', 'getrandom'], why: 'pure: no IO, no clock, no randomness' },
  { crate: 'editor', never: [...SERVER_ONLY, ...SCREENS, 'rand', 'getrandom'], why: 'a canvas without a canvas' },
  { crate: 'service', never: [...SCREENS, 'axum', 'leptos_axum', 'server', 'editor'], why: 'use cases know no doors' },
  { crate: 'frontend', options: WASM, never: SERVER_ONLY, why: 'the browser gets nothing of the server' },
];

// Text that may stand only in some folders.
const SOURCES = [
  { pattern: /\bsqlx::query|\bquery(_as|_scalar)?!\(/, folders: ['app', 'frontend', 'server/src'], why: 'SQL lives in server/service' },
  { pattern: /\bStatusCode\b/, folders: ['app/domain', 'app/editor'], why: 'status codes live in the doors' },
  { pattern: /\b(Utc|Local)::now\(\)|SystemTime::now\(\)|Instant::now\(\)/, folders: ['app/domain', 'app/editor'], why: 'the clock is given, not read', except: /tests?\.rs$|\/benches\// },
];

let wrong = 0;
function report(text) {
  wrong += 1;
  console.error(`layering: ${text}`);
}

for (const { crate, options = [], never, why } of TREES) {
  const { stdout, stderr, status } = spawnSync('cargo',
    ['tree', '--package', crate, '--edges', 'normal', '--prefix', 'none', '--format', '{lib}', ...options], { encoding: 'utf8' });
  if (status !== 0) {
    report(stderr);
    continue;
  }
  const used = new Set(stdout.split('\n').map((line) => line.trim().split(' ')[0].replaceAll('_', '-')));
  for (const name of never) {
    if (used.has(name.replaceAll('_', '-'))) report(`${crate} depends on ${name}, but it is ${why}`);
  }
}

for (const { pattern, folders, why, except } of SOURCES) {
  for (const file of folders.flatMap((folder) => rustFiles(folder)).filter((name) => !except?.test(name))) {
    fs.readFileSync(file, 'utf8').split('\n').forEach((line, index) => {
      if (pattern.test(line) && !line.trimStart().startsWith('//')) report(`${file}:${index + 1}: ${why}`);
    });
  }
}
// Migrations run in the order of their times: two of one time would run in the order of chance.
const migrations = fs.readdirSync('migrations').filter((file) => file.endsWith('.sql')).sort();
for (const [index, file] of migrations.entries()) {
  if (!/^\d{14}_[a-z]+_[a-z0-9_]+\.sql$/.test(file)) report(`migrations/${file}: is not <YYYYMMDDHHMMSS>_<area>_<what>.sql`);
  if (index > 0 && file.slice(0, 14) === migrations[index - 1].slice(0, 14)) report(`migrations/${file}: has the time of ${migrations[index - 1]}`);
}
process.exit(wrong === 0 ? 0 : 1);

function rustFiles(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'target' ? [] : rustFiles(file);
    return file.endsWith('.rs') ? [file] : [];
  });
}
