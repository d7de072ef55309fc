// A bucket on this machine that speaks as much of S3 as is needed: listing, reading, writing, deleting. It looks at the name of the
// key, not at signatures; those are checked by the real S3 server of the service's tests.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

const TYPES: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', json: 'application/json' };

export class Bucket {
  /** What was asked, in the order it came. */
  readonly asked: { method: string; key: string; isSigned: boolean }[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
    readonly objects: Map<string, Buffer>,
  ) {}

  /** Starts one called `cats` with these objects, for whoever names this key. */
  static async start(keyId: string, objects: Record<string, Buffer>): Promise<Bucket> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const bucket = new Bucket(server, `http://127.0.0.1:${address.port}`, new Map(Object.entries(objects)));
    server.on('request', async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const url = new URL(request.url ?? '/', bucket.url);
      const [, name, ...rest] = url.pathname.split('/').map(decodeURIComponent);
      const key = rest.join('/');
      const method = request.method ?? '';
      const who = request.headers.authorization ?? url.searchParams.get('X-Amz-Credential') ?? '';
      bucket.asked.push({ method, key, isSigned: url.searchParams.has('X-Amz-Signature') });
      const refuse = (status: number, code: string) =>
        response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
      if (!who.includes(`${keyId}/`)) return refuse(403, 'InvalidAccessKeyId');
      if (name !== 'cats') return refuse(404, 'NoSuchBucket');
      if (url.searchParams.has('list-type')) {
        const prefix = url.searchParams.get('prefix') ?? '';
        const found = [...bucket.objects].filter(([known]) => known.startsWith(prefix)).sort();
        const contents = found.map(
          ([known, bytes]) =>
            `<Contents><Key>${known}</Key><LastModified>2026-11-20T10:00:00.000Z</LastModified><Size>${bytes.length}</Size></Contents>`,
        );
        return response.writeHead(200, { 'content-type': 'application/xml' }).end(`<ListBucketResult>${contents.join('')}</ListBucketResult>`);
      }
      if (method === 'PUT') {
        bucket.objects.set(key, Buffer.concat(pieces));
        return response.writeHead(200, { etag: '"1"' }).end();
      }
      if (method === 'DELETE') {
        bucket.objects.delete(key);
        return response.writeHead(204).end();
      }
      const bytes = bucket.objects.get(key);
      if (!bytes) return refuse(404, 'NoSuchKey');
      const type = TYPES[key.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
      return response
        .writeHead(200, { 'content-type': type, 'content-length': String(bytes.length), 'last-modified': 'Fri, 20 Nov 2026 10:00:00 GMT', etag: '"1"' })
        .end(bytes);
    });
    return bucket;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
