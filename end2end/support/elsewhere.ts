// Another server with media on this machine: on the web by its address, and not always kind to pages of others.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { crc32, deflateSync } from 'node:zlib';

interface Answer {
  status?: number;
  type: string;
  body: Buffer;
  headers?: Record<string, string>;
}

export class Elsewhere {
  /** What was asked, in the order it came. */
  readonly asked: { path: string; headers: IncomingHttpHeaders }[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** Starts one that answers these paths, and 404 to all others. */
  static async start(answers: Record<string, Answer>): Promise<Elsewhere> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const elsewhere = new Elsewhere(server, `http://127.0.0.1:${address.port}`);
    server.on('request', ({ url: path = '', headers }, response) => {
      elsewhere.asked.push({ path, headers });
      const answer = answers[path];
      if (!answer) return response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here');
      return response
        .writeHead(answer.status ?? 200, { 'content-type': answer.type, 'content-length': String(answer.body.length), ...answer.headers })
        .end(answer.body);
    });
    return elsewhere;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** A gray PNG of this size, half dark and half light. */
export function grayPng(width: number, height: number): Buffer {
  const rows = Buffer.alloc((width + 1) * height, 0x40);
  for (let y = 0; y < height; y += 1) {
    const start = y * (width + 1);
    rows[start] = 0;
    rows.fill(0xc0, start + 1 + Math.floor(width / 2), start + 1 + width);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(body.length, 0);
  around.writeUInt32BE(crc32(named) >>> 0, 4);
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
}
