import type { IncomingMessage, ServerResponse } from 'node:http';
import { wantsPretty } from './form.ts';

/** Answers with a JSON document. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { code: number; body: object; warnings?: string[] },
): void {
  const { searchParams } = new URL(request.url ?? '/', 'https://127.0.0.1');
  const pretty = wantsPretty(searchParams, request.headers['user-agent']);
  const text = `${JSON.stringify(answer.body, undefined, pretty ? 2 : undefined)}\n`;
  for (const warning of answer.warnings ?? [])
    response.appendHeader('Warning', `299 - "${warning.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  sendDocument(response, { code: answer.code, type: 'application/json', text });
}

/** Answers with a document of any type. */
export function sendDocument(
  response: ServerResponse,
  answer: { code: number; type: string; text: string | Buffer },
): void {
  response.writeHead(answer.code, {
    'Content-Type': answer.type,
    'Cache-Control': 'no-cache, private',
    'Content-Length': Buffer.byteLength(answer.text),
  });
  response.end(answer.text);
}
