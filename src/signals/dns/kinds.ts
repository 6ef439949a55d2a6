/** Every way a question can fail: the server's own answer (RFC 1035, 4.1.1) or none. */
export const dnsKinds = [
  'nxdomain',
  'nodata',
  'servfail',
  'refused',
  'timeout',
  'unreachable',
  'other',
] as const;

export type DnsKind = (typeof dnsKinds)[number];

const byCode: Readonly<Record<string, DnsKind>> = {
  ENOTFOUND: 'nxdomain',
  ENODATA: 'nodata',
  ESERVFAIL: 'servfail',
  EAI_AGAIN: 'servfail',
  EAI_FAIL: 'servfail',
  EREFUSED: 'refused',
  ETIMEOUT: 'timeout',
  ECONNREFUSED: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

/** What a code of node:dns means. */
export const kindOfCode = (code: string): DnsKind => byCode[code] ?? 'other';

export interface Told {
  kind: 'ok' | DnsKind;
  detail?: string;
  /** Where the program measured it. */
  took_ms?: number;
}

/** What dig or getent said in the end. */
export function toldBy(code: number, lines: readonly string[]): Told {
  const text = lines.join('\n');
  const [, status] = /status: ([A-Z]+),/.exec(text) ?? [];
  if (status !== undefined) return digTold(status, text);
  const said = lines.find((line) => /error|timed out|unreachable|refused/i.test(line))?.replace(/^;+ */, '');
  if (/timed out/.test(text) || code === 124) return { kind: 'timeout', detail: said ?? 'no answer in time' };
  if (/connection refused|unreachable/i.test(text))
    return { kind: 'unreachable', detail: said ?? 'unreachable' };
  if (code === 0) return lines.length > 0 ? { kind: 'ok' } : { kind: 'nodata', detail: 'no address' };
  // getent has one code for all that the resolver may answer.
  if (code === 2) return { kind: 'nxdomain', detail: 'getent found no address (it does not say why)' };
  return { kind: 'other', detail: said ?? `exit code ${code}` };
}

const byStatus: Readonly<Record<string, DnsKind>> = {
  NXDOMAIN: 'nxdomain',
  SERVFAIL: 'servfail',
  REFUSED: 'refused',
};

function digTold(status: string, text: string): Told {
  const [, usec] = /Query time: (\d+) usec/.exec(text) ?? [];
  const took = usec === undefined ? {} : { took_ms: Number(usec) / 1_000 };
  if (status !== 'NOERROR') return { kind: byStatus[status] ?? 'other', detail: status, ...took };
  const [, answers] = /ANSWER: (\d+)/.exec(text) ?? [];
  return answers === '0'
    ? { kind: 'nodata', detail: 'no record of this type', ...took }
    : { kind: 'ok', ...took };
}
