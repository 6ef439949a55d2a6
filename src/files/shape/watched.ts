import { withoutPasswords } from '../read/shown.ts';

/** What is sent with a request: too much for one line, and not what is watched. */
const unsaid: ReadonlySet<string> = new Set(['json', 'body', 'headers']);

/**
 * A signal for people, from what is written of it: `POST http://127.0.0.1/vote at 50/s; ledger: read http://…`;
 * `beside` is what stands beside its kind, such as its rate.
 */
export function watchedText(
  kind: string,
  written: Record<string, unknown>,
  beside: readonly string[],
): string {
  const { url, method, ...rest } = written;
  const isHttp = kind === 'http';
  const hasBody = rest['json'] !== undefined || rest['body'] !== undefined;
  const verb = typeof method === 'string' ? method : hasBody ? 'POST' : 'GET';
  const what = typeof url === 'string' ? `${isHttp ? verb : kind} ${url}` : kind;
  const said = Object.entries(rest).filter(([key]) => !isHttp || !unsaid.has(key));
  const settings = said
    .map(([key, value]) => `${key}: ${plain(value, 1)}`)
    .join(said.some(([, value]) => typeof value === 'object') ? '; ' : ', ');
  const [first = '', ...others] = beside;
  const head = [`${what}${first === '' ? '' : ` ${first}`}`, ...others].join(', ');
  if (settings === '') return withoutPasswords(head);
  const isBare = typeof url !== 'string' && beside.length === 0;
  return withoutPasswords(`${head}${isBare ? ' ' : '; '}${settings}`);
}

/** A value in words: a list by commas, a mapping as `key value` by commas, what lies deeper in brackets. */
function plain(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Array.isArray(value)
    ? value.map((one) => plain(one, depth + 1))
    : Object.entries(value).map(([key, one]) => `${key} ${plain(one, depth + 1)}`);
  const text = parts.join(', ');
  return depth > 1 ? `(${text})` : text;
}
