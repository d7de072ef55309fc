// A server of our own: the built binary on a free port, with a fresh database and data directory.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createDatabase, dropDatabase } from '../../script/lib/database.mjs';

const ROOT = path.resolve(import.meta.dirname ?? __dirname, '../..');
const READY_WITHIN_MS = 30_000;

export class App {
  private addresses = 0;

  private constructor(
    readonly url: string,
    readonly databaseUrl: string,
    private process: ChildProcess,
    private readonly data: string,
    private readonly log: string,
    private readonly program: string,
    private readonly begin: () => ChildProcess,
  ) {}

  /** Starts the server. `demo` fills it with the demo workspace. */
  static async start({ demo = false, profile = 'debug' } = {}): Promise<App> {
    const server = process.env.TEST_DATABASE_URL;
    if (!server) throw new Error('TEST_DATABASE_URL is not set: run script/test browser, or export what script/test-db prints');
    const name = `synapse_browser_${randomBytes(6).toString('hex')}`;
    const databaseUrl = await createDatabase(server, name);
    const data = fs.mkdtempSync(path.join(os.tmpdir(), 'synapse-browser-'));
    fs.mkdirSync(path.join(data, 'shared'));
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const log = path.join(data, 'server.log');
    const output = fs.openSync(log, 'w');
    const program = path.join(ROOT, 'target', profile, 'server');
    const begin = () =>
      spawn(
        program,
        ['serve', '--dev', '--addr', `127.0.0.1:${port}`, '--data', data, ...(demo ? ['--demo'] : [])],
        // The fixtures' own pictures are served from this machine.
        {
          env: { ...process.env, DATABASE_URL: databaseUrl, SYNAPSE_ALLOW_NETWORKS: '127.0.0.0/8', SYNAPSE_LOCAL_FILES: path.join(data, 'shared') },
          stdio: ['ignore', output, output],
        },
      );
    const app = new App(url, databaseUrl, begin(), data, log, program, begin);
    await app.ready();
    return app;
  }

  /** An address that nobody has here yet. */
  newAddress(): string {
    this.addresses += 1;
    return `person${this.addresses}@example.com`;
  }

  /** A person with a confirmed address, owning the `organization` if one is named; `staff` works for the platform. */
  person(email: string, password: string, { staff = false, organization }: { staff?: boolean; organization?: string } = {}): void {
    execFileSync(
      this.program,
      [
        ...['user', 'create', '--email', email, '--data', this.data, '--log', 'warn'],
        ...(staff ? ['--staff'] : []),
        ...(organization === undefined ? [] : ['--organization', organization]),
      ],
      { env: { ...process.env, DATABASE_URL: this.databaseUrl }, input: `${password}\n` },
    );
  }

  /** The folder below which projects may have storages. */
  get folder(): string {
    return path.join(this.data, 'shared');
  }

  /** What the server has logged. */
  logged(): string {
    return fs.readFileSync(this.log, 'utf8');
  }

  /** Ends the server in the middle of whatever it does. */
  async crash(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }

  /** Starts it again where it was, on the same database. */
  async restart(): Promise<void> {
    this.process = this.begin();
    await this.ready();
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exited = once(this.process, 'exit');
      this.process.kill('SIGTERM');
      await exited;
    }
    const name = new URL(this.databaseUrl).pathname.slice(1);
    await dropDatabase(process.env.TEST_DATABASE_URL!, name);
    fs.rmSync(this.data, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      if (this.process.exitCode !== null) throw new Error(`the server stopped:\n${this.logged()}`);
      const answer = await fetch(`${this.url}/ready`).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error(`the server is not ready:\n${this.logged()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
