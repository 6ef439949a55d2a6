import type { Flow, Way } from './flow.ts';

const MOST = 3;
/** Whom the script chooses (attempt.sh). */
const ANYBODY = 'anybody';

/** PROTOCOL ADDRESS PORT. */
export type Attempt = readonly [string, string, string];

/** Arguments of `attempt` (attempt.sh) that make traffic which some flows mean. */
export const attemptsFor = (flows: readonly Flow[], ways: readonly Way[], most = MOST): Attempt[] =>
  flows.flatMap((flow) => attemptOf(flow, ways) ?? []).slice(0, most);

/** Where only answers are meant, a request makes them; what must leave by a port of the host is not ours to make. */
function attemptOf(
  { family, address, protocol, ports, localPorts }: Flow,
  ways: readonly Way[],
): [Attempt] | undefined {
  if (localPorts.length > 0) return undefined;
  const ping = protocol === undefined || protocol === 'icmp';
  if (address === undefined)
    return ping && family === 'ip' && ways.includes('out') ? [['icmp', ANYBODY, '0']] : undefined;
  if (address.includes('/')) return undefined;
  if (ping) return [['icmp', address, '0']];
  const [port] = ports;
  return protocol === 'tcp' && port !== undefined ? [['tcp', address, String(port.from)]] : undefined;
}
