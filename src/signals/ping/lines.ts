import { scriptFile, scriptOf } from '../../reach/hosts/script.ts';

/** Seconds between two requests, the address, and `stay` or `check`. */
export const pingScript = scriptOf(scriptFile(import.meta.dirname, 'ping.sh'));

/** Every way a request can end without its answer. */
export const pingKinds = ['timeout', 'unreachable', 'refused', 'dns', 'other'] as const;

export type PingKind = (typeof pingKinds)[number];

/** What a line of iputils' ping tells. `seq` counts from 1 and begins again after 65535. */
export type PingLine =
  | { is: 'begin' }
  | { is: 'reply'; seq: number; rtt_ms: number }
  /** The next request is sent now, and there is no answer to this one yet. */
  | { is: 'silent'; seq: number }
  /** A router or the target itself says that it will not be answered. */
  | { is: 'trouble'; seq: number; kind: PingKind; detail: string }
  /** A request could not be sent; the line does not say which. Without `ends`, ping goes on with the next. */
  | { is: 'unsent'; kind: PingKind; detail: string; ends?: true }
  /** ping itself cannot do its work. */
  | { is: 'broken'; detail: string };

const patterns: readonly [RegExp, (groups: readonly string[]) => PingLine][] = [
  [/^@begin$/, () => ({ is: 'begin' })],
  [
    /^\d+ bytes from [^ ]+:? icmp_seq=(\d+) .*time=([\d.]+) ms/,
    ([seq, rtt]) => ({ is: 'reply', seq: Number(seq), rtt_ms: Number(rtt) }),
  ],
  [/^no answer yet for icmp_seq=(\d+)$/, ([seq]) => ({ is: 'silent', seq: Number(seq) })],
  [
    /^(From [^ ]+) icmp_seq=(\d+) (.+)$/i,
    ([from, seq, what = '']) => ({
      is: 'trouble',
      seq: Number(seq),
      kind: kindOf(what),
      detail: `${from}: ${what}`,
    }),
  ],
  [
    /^ping6?: (?:sendmsg|sendto): (.+)$/,
    ([what = '']) => ({ is: 'unsent', kind: kindOf(what), detail: what }),
  ],
  [
    /^ping6?: connect: (.+)$/,
    ([what = '']) => ({ is: 'unsent', kind: kindOf(what), detail: what, ends: true }),
  ],
  // It asks this where the routing table prohibits the way (EACCES).
  [
    /^ping6?: (Do you want to ping broadcast\?.*)$/,
    ([what = '']) => ({ is: 'unsent', kind: 'refused', detail: what, ends: true }),
  ],
  [
    /^ping6?: ([^ ]+: (?:Name or service not known|Temporary failure in name resolution|No address associated with hostname|Non-recoverable failure in name resolution|System error).*)$/,
    ([what = '']) => ({ is: 'unsent', kind: 'dns', detail: what, ends: true }),
  ],
  [/^ping6?: (.+)$/, ([what = '']) => ({ is: 'broken', detail: what })],
];

/** Takes one line apart; undefined for what says nothing of a request. */
export function pingLine(line: string): PingLine | undefined {
  const text = line.replace(/^\[\d+\.\d+\] /, '').trimEnd();
  for (const [pattern, tell] of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return tell(match.slice(1));
  }
  return undefined;
}

/** What an ICMP message or an error of the kernel means. */
function kindOf(text: string): PingKind {
  if (/prohibited|filtered|not permitted|permission denied/i.test(text)) return 'refused';
  if (/unreachable|no route|time to live exceeded|host is down|network is down/i.test(text))
    return 'unreachable';
  return 'other';
}
