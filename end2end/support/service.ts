// A service outside on this machine: it translates whatever it is asked, or fails.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

export interface Asked {
  headers: IncomingHttpHeaders;
  body: any;
}

export class Translator {
  readonly asked: Asked[] = [];
  /** The status of its answers. */
  status = 200;

  private constructor(
    private readonly server: Server,
    readonly url: string,
    private readonly greeting: string,
  ) {}

  static async start(greeting: string): Promise<Translator> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const translator = new Translator(server, `http://127.0.0.1:${address.port}/v2/translate`, greeting);
    server.on('request', async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const body = JSON.parse(Buffer.concat(pieces).toString('utf8'));
      translator.asked.push({ headers: request.headers, body });
      const text = `${translator.greeting} ${body.text[0]}`;
      const answer = translator.status === 200 ? { translations: [{ text }] } : { error: 'no' };
      response.writeHead(translator.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    return translator;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
