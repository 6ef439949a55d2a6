import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

export interface Answer {
  status: number;
  /** A text or bytes are sent as they are, anything else as JSON. */
  body: unknown;
  /** Of bytes: their content type. */
  type?: string;
}

/** A request with what its route needs of it. */
export interface Asked {
  request: IncomingMessage;
  /** Aborted when whoever asked has hung up. */
  gone: AbortSignal;
}

export interface Route {
  /** The path's pattern, as the metrics name it. */
  route: string;
  answer(asked: Asked): Promise<Answer> | Answer;
}

/** What a practice program answers, beside `/metrics`, `/healthz` and `/readyz`, which all of them have. */
export interface App {
  routeOf(request: { method: string; path: string; query: URLSearchParams }): Route | undefined;
  metricsText(): string;
  /** Answers of the probes; 200 unless told. While the program ends it is not ready whatever this says. */
  probes?: { live?(): Promise<Answer> | Answer; ready?(): Promise<Answer> | Answer };
  /** It has been told to end: answers close their connections. */
  ending(): boolean;
  answered(of: { method: string; route: string; status: number; seconds: number }): void;
}

const NO_SUCH_PATH: Route = { route: 'none', answer: () => ({ status: 404, body: { error: 'Not found' } }) };

/** Answers all requests of a practice program, and tells of each. */
export function createHandler(app: App): RequestListener {
  return (request, response) => {
    const begun = performance.now();
    const { route, answer } = routeOf(app, request);
    const finish = (given: Answer): void => {
      send(response, given, app.ending());
      const seconds = (performance.now() - begun) / 1000;
      app.answered({ method: request.method ?? '', route, status: given.status, seconds });
    };
    const hungUp = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) hungUp.abort();
    });
    new Promise<Answer>((resolve) => resolve(answer({ request, gone: hungUp.signal }))).then(
      finish,
      (error: unknown) => {
        // Whoever asked may have gone in the middle of the request; 499 is nginx's status for that.
        if (hungUp.signal.aborted) return finish({ status: 499, body: '' });
        process.stderr.write(`${request.method} ${request.url}: ${String(error)}\n`);
        finish({ status: 503, body: { error: 'What this needs cannot be reached' } });
      },
    );
  };
}

function send(response: ServerResponse, answer: Answer, ending: boolean): void {
  if (response.destroyed) return;
  const { type, content } = contentOf(answer);
  response.writeHead(answer.status, {
    'content-type': type,
    'content-length': Buffer.byteLength(content),
    ...(ending ? { connection: 'close' } : {}),
  });
  response.end(content);
}

function contentOf({ body, type }: Answer): { type: string; content: string | Buffer } {
  if (Buffer.isBuffer(body)) return { type: type ?? 'application/octet-stream', content: body };
  if (typeof body === 'string') return { type: 'text/plain; version=0.0.4', content: body };
  return { type: 'application/json', content: JSON.stringify(body) };
}

function routeOf(app: App, request: IncomingMessage): Route {
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  const method = request.method ?? '';
  const own = app.routeOf({ method, path, query: new URLSearchParams(search) });
  if (own !== undefined) return own;
  if (method !== 'GET' && method !== 'HEAD') return NO_SUCH_PATH;
  switch (path) {
    case '/healthz':
      return { route: path, answer: async () => (await app.probes?.live?.()) ?? say(200, 'ok') };
    case '/readyz':
      return { route: path, answer: async () => readiness(app) };
    case '/metrics':
      return { route: path, answer: () => ({ status: 200, body: app.metricsText() }) };
    default:
      return NO_SUCH_PATH;
  }
}

async function readiness(app: App): Promise<Answer> {
  if (app.ending()) return say(503, 'ending');
  return (await app.probes?.ready?.()) ?? say(200, 'ready');
}

const say = (status: number, word: string): Answer => ({ status, body: { status: word } });

/** A request's body; undefined where it has more than `most` bytes. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
  }
  return size <= most ? Buffer.concat(chunks) : undefined;
}
