import type { DnsFailure } from '../../reach/dns.ts';

/**
 * Every way a question can fail: the server's own answer (RFC 1035, 4.1.1), none, or `unresolved`: the system's own way
 * gave no address, and nobody told why.
 */
export const dnsKinds = [
  'nxdomain',
  'nodata',
  'servfail',
  'refused',
  'timeout',
  'unreachable',
  'unresolved',
  'other',
] as const;

export type DnsKind = (typeof dnsKinds)[number];

const byCode: Readonly<Record<string, DnsKind>> = {
  ENOTFOUND: 'nxdomain',
  ENODATA: 'nodata',
  ESERVFAIL: 'servfail',
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

/** What a code of getaddrinfo(3), as node:dns tells it, leaves open: its causes, each a code of a server's answer. */
const leftOpen: Readonly<Record<string, readonly string[]>> = {
  // EAI_NONAME and EAI_NODATA are one to node:dns.
  ENOTFOUND: ['ENOTFOUND', 'ENODATA'],
  // glibc: SERVFAIL, and whatever else came of all servers, or did not come.
  EAI_AGAIN: ['ESERVFAIL', 'EREFUSED', 'ETIMEOUT', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'],
  EAI_FAIL: ['ESERVFAIL', 'EREFUSED', 'EFORMERR', 'ENOTIMP'],
};

/** Whether only the servers themselves can tell what is behind a code of the system's own way. */
export const leavesOpen = (code: string): boolean => Object.hasOwn(leftOpen, code);

/** What the system's own way told, made exact by what the servers then answered; `servers`: undefined where they had one. */
export function toldTwice(system: DnsFailure, servers: DnsFailure | undefined): Told {
  const said = `${system.code} ${system.text}`.trim();
  if (servers === undefined)
    return { kind: 'unresolved', detail: `${said}; asked right after, its server had an answer` };
  const fits = leftOpen[system.code]?.includes(servers.code) === true;
  return {
    kind: fits ? kindOfCode(servers.code) : 'unresolved',
    detail: `${said}; its server, asked right after: ${servers.code}`,
  };
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
  if (code === 2) return { kind: 'unresolved', detail: 'getent found no address' };
  return { kind: 'other', detail: said ?? `exit code ${code}` };
}

/** What getent left open, made exact by what dig then heard of the servers: for the last type that was asked for. */
export function toldAfter(getent: Told, dig: Told | undefined): Told {
  if (getent.kind !== 'unresolved') return getent;
  if (dig === undefined)
    return { ...getent, detail: `${getent.detail}, and does not say why; dig would, but is not there` };
  const kind = dig.kind === 'ok' ? 'unresolved' : dig.kind;
  const detail = dig.kind === 'ok' ? 'its server had an answer' : `its server: ${dig.detail}`;
  return { kind, detail: `${getent.detail}; asked right after by dig, ${detail}` };
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
