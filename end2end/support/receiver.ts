// A receiver of webhooks on this machine, which keeps what it hears and answers as it is told.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

export interface Heard {
  headers: IncomingHttpHeaders;
  text: string;
  body: any;
}

export class Receiver {
  readonly heard: Heard[] = [];
  /** The status of its answers. */
  status = 200;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const receiver = new Receiver(server, `http://127.0.0.1:${address.port}/hook`);
    server.on('request', async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const text = Buffer.concat(pieces).toString('utf8');
      receiver.heard.push({ headers: request.headers, text, body: JSON.parse(text) });
      response.writeHead(receiver.status, { 'content-type': 'text/plain' }).end('understood');
    });
    return receiver;
  }

  /** What it was told, by name, in the order it came. */
  actions(): string[] {
    return this.heard.map(({ body }) => body.action);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** The signature that a message has by Standard Webhooks, made with a key. */
export function signature(key: string, { headers, text }: Heard): string {
  const bytes = Buffer.from(key.replace(/^whsec_/, ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  return `v1,${createHmac('sha256', bytes).update(signed).digest('base64')}`;
}
