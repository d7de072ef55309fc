// Builds everything a browser downloads into one folder beside the server binary:
//
//   site/pkg/synapse.<hash>.js|wasm|css   kept by browsers for ever, since the name follows the content
//   site/pkg/synapse.<piece>.<hash>.wasm  in release: the code of pages that is loaded when one goes there (app/src/later.rs)
//   site/pieces.json                      which pieces a page needs
//   site/pkg/<name>.js                    one per app/js/<name>.js: modules that a page loads when it needs them
//   site/*                                public/ as it is
//   site/hash.txt                         the hashes, in the form `leptos` reads
//
// Each part remembers names, sizes and times of its inputs and is skipped while they stay the same.
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const args = process.argv.slice(2);
const release = args.includes('--release');
const unknown = args.find((arg) => arg !== '--release');
if (unknown) fail(`unknown option ${unknown}\nusage: script/build-web [--release]`);

const profile = release ? 'wasm-release' : 'wasm-dev';
const site = path.join('target', release ? 'release' : 'debug', 'site');
const pkg = path.join(site, 'pkg');
const stampFile = path.join(site, '.stamp.json');
const COMPRESSIBLE = /\.(js|css|wasm|svg|json|txt|html|xml|csv|webmanifest)$/;

/** Addresses that begin with a slash stay as they are: fonts, pictures, modules that a page loads later. */
const servedByUs = {
  name: 'served-by-us',
  setup({ onResolve }) {
    onResolve({ filter: /^\// }, ({ path, kind }) => (kind === 'entry-point' ? undefined : { path, external: true }));
  },
};

const stamps = readJson(stampFile) ?? {};
const hashes = readHashes();
fs.mkdirSync(pkg, { recursive: true });

const tools = ['script/lib/build-web.mjs', 'package-lock.json'];
await part('wasm', ['app', 'frontend', 'Cargo.toml', 'Cargo.lock', '.cargo/config.toml', ...tools], buildWasm, ['app/js']);
await part('style', ['style', ...tools], buildStyle);
await part('modules', ['app/js', ...tools], buildModules);
await part('public', ['public', ...tools], copyPublic);

/** Runs `build` unless the inputs look exactly as they did after the last success. */
async function part(name, inputs, build, except = []) {
  const stamp = fingerprint(inputs, except);
  if (stamps[name] === stamp) return;
  const started = Date.now();
  await build();
  stamps[name] = stamp;
  writeAtomically(path.join(site, 'hash.txt'), Object.entries(hashes).map(([kind, hash]) => `${kind}: ${hash}\n`).join(''));
  writeAtomically(stampFile, JSON.stringify(stamps));
  console.log(`front end: ${name} built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

async function buildWasm() {
  const work = path.join('target', 'web', profile);
  fs.rmSync(work, { recursive: true, force: true });
  fs.mkdirSync(work, { recursive: true });
  const compiled = path.join('target', 'wasm32-unknown-unknown', profile, 'frontend.wasm');
  const compile = ['rustc', '--package', 'frontend', '--lib', '--target', 'wasm32-unknown-unknown', '--profile', profile];
  const bind = ['--target', 'web', '--no-typescript', '--out-name', 'synapse', '--out-dir', work];
  const bound = path.join(work, 'synapse_bg.wasm');
  if (release) {
    // What calls what is still to be seen in the compiled file: that is where it is cut.
    run('cargo', [...compile, '--', '-Clink-arg=--emit-relocs']);
    run('wasm-split-cli', ['--target', 'web', '--out-name', 'synapse', compiled, work]);
    run('wasm-bindgen', [...bind, '--keep-lld-exports', '--no-demangle', '--remove-producers-section', path.join(work, 'synapse.wasm')]);
    fs.rmSync(path.join(work, 'synapse.wasm'));
    await shrinkAll(fs.readdirSync(work).filter((name) => name.endsWith('.wasm')).map((name) => path.join(work, name)));
  } else {
    run('cargo', compile);
    run('wasm-bindgen', [...bind, compiled]);
  }
  publishPieces(work);
  // One file: the glue, the snippets that crates bring along, and what loads the pieces.
  const glue = await bundle(path.join(work, 'synapse.js'), 'esm');
  publish('wasm', 'wasm', fs.readFileSync(bound));
  publish('js', 'js', glue);
}

/** As many at a time as there are processors, the largest first. */
async function shrinkAll(files) {
  const waiting = files.sort((one, other) => fs.statSync(one).size - fs.statSync(other).size);
  const work = async () => {
    for (let file = waiting.pop(); file; file = waiting.pop()) await shrink(file);
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
}

async function shrink(file) {
  // Taken apart and put together anew, it becomes another hundredth smaller. What is said of its makers is of no use here.
  const passes = ['-Oz', '--flatten', '--rereloop', '-Oz', '-Oz', '--strip-debug', '--strip-producers'];
  const parameters = ['node_modules/binaryen/bin/wasm-opt', ...passes, '-o', `${file}.opt`, file];
  // It warns of names in the pieces that it does not know, and removes them as it should.
  const most = { maxBuffer: 64 << 20 };
  await promisify(execFile)(process.execPath, parameters, most).catch(({ stderr }) => fail(`wasm-opt could not shrink ${file}:\n${stderr}`));
  fs.renameSync(`${file}.opt`, file);
}

/**
 * Puts the pieces under names that follow their contents, tells those names to what loads them, and writes down which
 * pieces a page needs: its own and those it shares with others.
 */
function publishPieces(work) {
  const loader = path.join(work, '__wasm_split.js');
  let script = fs.existsSync(loader) ? fs.readFileSync(loader, 'utf8') : '';
  const names = new Map();
  for (const file of fs.readdirSync(work).filter((name) => name.endsWith('.wasm') && name !== 'synapse_bg.wasm').sort()) {
    const contents = fs.readFileSync(path.join(work, file));
    const name = `synapse.${pieceName(file)}.${contentHash(contents)}.wasm`;
    names.set(file, name);
    save(path.join(pkg, name), contents);
  }
  for (const file of fs.readdirSync(pkg)) {
    const piece = /^(synapse\.[\w-]+\.[0-9a-f]{16}\.wasm)(\.br|\.gz)?$/.exec(file);
    if (piece && ![...names.values()].includes(piece[1])) fs.rmSync(path.join(pkg, file));
  }
  script = script.replace(/"\.\/([^"]+\.wasm)"/g, (whole, file) => (names.has(file) ? `"./${names.get(file)}"` : whole));
  if (names.size > 0) fs.writeFileSync(loader, script);
  const shared = new Map([...script.matchAll(/const (__chunk_\d+) = makeLoad\(.*?"\.\/([^"]+)"/gs)].map((found) => found.slice(1)));
  const pieces = {};
  for (const [, piece, body, needs] of script.matchAll(/export const __wasm_split_load_(\w+) = wrapAsyncCb\(makeLoad\((.*?), \[([^\]]*)\]\)\)/gs)) {
    const own = /"\.\/([^"]+)"/.exec(body)?.[1];
    const files = needs.split(',').map((name) => shared.get(name.trim()));
    pieces[piece] = [...files, own].filter(Boolean);
  }
  writeAtomically(path.join(site, 'pieces.json'), JSON.stringify(pieces, null, 2));
}

/** `split_label.wasm` is the piece of the page `label`; `chunk_3.wasm` is shared by some. */
function pieceName(file) {
  return path.parse(file).name.replace(/^split_/, '').replace(/[^\w-]/g, '');
}

async function buildStyle() {
  publish('css', 'css', await bundle('style/main.css'));
}

async function buildModules() {
  const sources = fs.existsSync('app/js') ? fs.readdirSync('app/js').filter((name) => /\.(js|ts)$/.test(name)) : [];
  for (const source of sources) {
    const name = `${path.parse(source).name}.js`;
    save(path.join(pkg, name), await bundle(path.join('app/js', source), 'esm'));
  }
}

function copyPublic() {
  const own = new Set(['pkg', 'hash.txt', 'pieces.json', '.stamp.json']);
  for (const entry of fs.readdirSync(site)) {
    if (!own.has(entry)) fs.rmSync(path.join(site, entry), { recursive: true });
  }
  for (const file of filesUnder('public')) {
    const target = path.join(site, path.relative('public', file));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    save(target, fs.readFileSync(file));
  }
}

async function bundle(entry, format) {
  const { build } = await import('esbuild');
  const failed = () => fail(`${entry} does not bundle`);
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    format,
    minify: release,
    write: false,
    logLevel: 'warning',
    charset: 'utf8',
    // The glue names what loads the pieces once for each of them.
    logOverride: { 'duplicate-object-key': 'silent' },
    plugins: [servedByUs],
  }).catch(failed);
  return Buffer.from(result.outputFiles[0].contents);
}

function contentHash(contents) {
  return createHash('sha256').update(contents).digest('hex').slice(0, 16);
}

/** Writes the file under its content hash, and removes what earlier builds left of that kind. */
function publish(kind, extension, contents) {
  const hash = contentHash(contents);
  const name = `synapse.${hash}.${extension}`;
  save(path.join(pkg, name), contents);
  hashes[kind] = hash;
  const stale = new RegExp(`^synapse\\.[0-9a-f]{16}\\.${extension}(\\.br|\\.gz)?$`);
  for (const file of fs.readdirSync(pkg)) {
    if (stale.test(file) && !file.startsWith(name)) fs.rmSync(path.join(pkg, file));
  }
}

/** In release the compressed forms lie beside the file, so that no request pays for compression. */
function save(file, contents) {
  writeAtomically(file, contents);
  if (!release || !COMPRESSIBLE.test(file) || contents.length < 1024) return;
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: contents.length };
  writeAtomically(`${file}.br`, zlib.brotliCompressSync(contents, { params }));
  writeAtomically(`${file}.gz`, zlib.gzipSync(contents, { level: 9 }));
}

/** A running server never sees half a file. */
function writeAtomically(file, contents) {
  fs.writeFileSync(`${file}.new`, contents);
  fs.renameSync(`${file}.new`, file);
}

function fingerprint(inputs, except) {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesUnder(input, except)) {
      const { size, mtimeMs } = fs.statSync(file);
      hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function filesUnder(root, except = []) {
  if (except.includes(root) || !fs.existsSync(root)) return [];
  if (!fs.statSync(root).isDirectory()) return [root];
  const names = fs.readdirSync(root).filter((name) => name !== 'target').sort();
  return names.flatMap((name) => filesUnder(path.join(root, name), except));
}

function readJson(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
}

function readHashes() {
  const file = path.join(site, 'hash.txt');
  const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
  return Object.fromEntries(lines.map((line) => line.split(': ')));
}

function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error?.code === 'ENOENT') fail(`${command} is missing: run script/bootstrap`);
  if (status !== 0) fail(`${command} ${parameters.join(' ')} failed`);
}

function fail(message) {
  console.error(`build-web: ${message}`);
  process.exit(1);
}
