import { existsSync } from 'node:fs';
import type { Host, HostFailure } from '../../model/contracts/world.ts';
import { fail } from '../../model/result.ts';
import { runChild } from './child.ts';

const FOLDER = '/run/netns';

/** A network namespace of this machine as a host: scripts run as children inside it; files and processes are the machine's. */
export function netnsHost(name: string, netns: string, ours: readonly string[]): Host {
  return {
    name,
    kind: 'netns',
    where: `network namespace ${netns}`,
    ours,
    run: async ({ script, args = [], stdin = '', ...limits }, signal) => {
      const wrong = trouble(netns);
      if (wrong !== undefined) return fail(wrong);
      const [command = '', ...inside] = enter(netns);
      const carrier = {
        command,
        args: [...inside, 'sh', '-c', script, 'sh', ...args],
        env: { ...process.env, AFTERSHOCK_KIND: 'netns', AFTERSHOCK_NETNS: netns, AFTERSHOCK_PEER: '' },
        input: stdin,
      };
      return runChild(carrier, limits, signal);
    },
  };
}

/** Unlike `ip netns exec`, nsenter leaves the mounts as they are: /sys stays the machine's. */
const enter = (netns: string): string[] =>
  hasNsenter() ? ['nsenter', `--net=${FOLDER}/${netns}`, '--'] : ['ip', 'netns', 'exec', netns];

const hasNsenter = (): boolean =>
  `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
    .split(':')
    .some((folder) => folder !== '' && existsSync(`${folder}/nsenter`));

function trouble(netns: string): HostFailure | undefined {
  if (!existsSync(`${FOLDER}/${netns}`)) {
    return {
      kind: 'unreachable',
      text: `this machine has no network namespace ${netns}`,
      fix: `Make it (\`ip netns add ${netns}\`), or write one that \`ip netns list\` shows.`,
    };
  }
  if (process.getuid?.() === 0) return undefined;
  return {
    kind: 'refused',
    text: 'only root can enter a network namespace',
    fix: 'Run aftershock as root (sudo).',
  };
}
