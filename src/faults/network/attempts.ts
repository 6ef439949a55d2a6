import type { Flow, Way } from './flow.ts';

const MOST = 3;
/** Whom the script chooses (attempt.sh). */
const ANYBODY = 'anybody';

/** Arguments of `attempt` (attempt.sh) that make traffic which some flows mean: PROTOCOL ADDRESS PORT each. */
export const attemptsFor = (flows: readonly Flow[], ways: readonly Way[]): string[] =>
  flows
    .map((flow) => attemptOf(flow, ways))
    .filter((words) => words.length > 0)
    .slice(0, MOST)
    .flat();

/** Where only answers are meant, a request makes them; what must leave by a port of the host is not ours to make. */
function attemptOf({ family, address, protocol, ports, localPorts }: Flow, ways: readonly Way[]): string[] {
  if (localPorts.length > 0) return [];
  const ping = protocol === undefined || protocol === 'icmp';
  if (address === undefined)
    return ping && family === 'ip' && ways.includes('out') ? ['icmp', ANYBODY, '0'] : [];
  if (address.includes('/')) return [];
  if (ping) return ['icmp', address, '0'];
  const [port] = ports;
  return protocol === 'tcp' && port !== undefined ? ['tcp', address, String(port.from)] : [];
}
