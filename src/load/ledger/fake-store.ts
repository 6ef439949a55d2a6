import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveHttp } from '../fake-servers.ts';

/** What a store does with a write, for tests: keep it, or forget, repeat or fail it. */
export type Treatment = 'keep' | 'forget' | 'twice' | 'fail' | 'keep-and-fail' | 'silent';

/** A store of ids over HTTP: `POST /` with an id in `Idempotency-Key` or the body, `GET /stored` by pages. */
export async function serveStore(treat: (nth: number) => Treatment, page = 10) {
  const ids: string[] = [];
  const written: { header: string | undefined; body: string }[] = [];
  const reads: string[] = [];
  let answerRead: ((response: ServerResponse) => boolean) | undefined;
  const write = (request: IncomingMessage, body: string, response: ServerResponse): void => {
    const header = request.headers['idempotency-key'];
    const id = typeof header === 'string' ? header : String(JSON.parse(body).vote?.id);
    const how = treat(written.length);
    written.push({ header: typeof header === 'string' ? header : undefined, body });
    if (how === 'keep' || how === 'twice' || how === 'keep-and-fail' || how === 'silent') ids.push(id);
    if (how === 'twice') ids.push(id);
    if (how !== 'silent') response.writeHead(how === 'fail' || how === 'keep-and-fail' ? 500 : 201).end('{}');
  };
  const read = (url: string, response: ServerResponse): void => {
    reads.push(url);
    if (answerRead?.(response) === true) return;
    const after = Number(new URL(url, 'http://x').searchParams.get('after') ?? 0);
    const votes = ids.slice(after, after + page).map((id) => ({ id, option: 'Rust' }));
    const next = after + page < ids.length ? after + page : null;
    response.writeHead(200).end(JSON.stringify({ data: { votes }, next }));
  };
  const server = await serveHttp((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () =>
      request.method === 'GET' ? read(request.url ?? '', response) : write(request, body, response),
    );
  });
  return {
    url: server.url,
    /** The settings of a ledger that fit. */
    ledger: { read: `${server.url}stored?limit=10`, list: 'data.votes', id: 'id', next: 'next' },
    ids,
    written,
    reads,
    /** Answers reads otherwise; `true` where it has. */
    answering: (answer: (response: ServerResponse) => boolean) => {
      answerRead = answer;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
