// A model: a server that speaks the protocol of Label Studio's ML backends, on this machine.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

/** What was asked, in the order it came. */
export interface Asked {
  path: string;
  credentials: string | undefined;
  body: any;
}

export class Model {
  readonly asked: Asked[] = [];
  /** What it was told of the work, in the order it came. */
  readonly told: any[] = [];
  /** Answers the next question about a task; what it throws is a failure of the model. */
  predict: (question: any) => unknown = () => ({ results: [] });

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** Starts one that lets in whoever has these credentials. */
  static async start(user: string, password: string): Promise<Model> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const model = new Model(server, `http://127.0.0.1:${address.port}/point`);
    const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    server.on('request', async (request, response) => {
      const say = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      const { url: path = '', headers } = request;
      const body = await read(request);
      if (path === '/point/webhook' && headers.authorization === expected) {
        model.told.push(body);
        return say(201, {});
      }
      model.asked.push({ path, credentials: headers.authorization, body });
      if (headers.authorization !== expected) return say(401, {});
      if (path === '/point/health') return say(200, { status: 'UP', model_class: 'Points' });
      if (path === '/point/setup') return say(200, { model_version: 'points-1' });
      if (path !== '/point/predict') return say(404, {});
      try {
        return say(200, await model.predict(body));
      } catch {
        return say(500, {});
      }
    });
    return model;
  }

  /** What was drawn for the last question. */
  prompts(): any[] {
    return this.asked.at(-1)?.body.params.context.result;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

async function read(request: IncomingMessage): Promise<any> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}
