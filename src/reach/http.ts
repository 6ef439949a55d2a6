import { Agent, request } from 'undici';
import { fail, ok, type Result } from '../model/result.ts';
import { errorText } from './kubernetes/failure.ts';

/** A plain read over HTTP. */
export interface TextGet {
  url: string;
  /** The media type that is wanted. */
  accept: string;
  /** From the request to the last byte of the answer. */
  deadline_ms: number;
}

/** Larger answers are refused while they come in: nobody means them, and they would fill our memory. */
const MOST_BYTES = 32 * 2 ** 20;

/** A connection of its own each time: a kept one may lead to a process that is gone, and hide who answers now. */
const agent = new Agent({ pipelining: 0 });

/**
 * The body of a GET with its deadline; anything but a 200 is a failure, redirects too. The failure is the exact text,
 * without the credentials that the URL may carry.
 */
export async function getText(wanted: TextGet, signal: AbortSignal): Promise<Result<string, string>> {
  const deadline = AbortSignal.timeout(wanted.deadline_ms);
  const { address, ...authorization } = addressOf(wanted.url);
  try {
    const { statusCode, headers, body } = await request(address, {
      dispatcher: agent,
      headers: { accept: wanted.accept, 'user-agent': 'aftershock', ...authorization },
      signal: AbortSignal.any([signal, deadline]),
    });
    const text = await bounded(body);
    if (statusCode === 200) return text === undefined ? fail(tooLarge) : ok(text);
    const to = headers['location'] === undefined ? '' : ` to ${headers['location']}`;
    return fail(`HTTP ${statusCode}${to}: ${(text ?? '').trim().slice(0, 200)}`.replace(/: $/, ''));
  } catch (error) {
    if (deadline.aborted) return fail(`no answer within ${wanted.deadline_ms} ms`);
    return fail(signal.aborted ? 'the call was cancelled' : errorText(error));
  }
}

const tooLarge = `the answer is larger than ${MOST_BYTES / 2 ** 20} MiB`;

/** The whole body, or undefined where it is too large. */
async function bounded(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The address without the credentials that it may carry, and the header that they become. */
export function addressOf(url: string): { address: URL; authorization?: string } {
  const address = new URL(url);
  const { username, password } = address;
  if (username === '') return { address };
  address.username = '';
  address.password = '';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { address, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
