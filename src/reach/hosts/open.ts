import { dirname } from 'node:path';
import type { Host } from '../../model/contracts/world.ts';
import type { HostUse } from '../../model/experiment.ts';
import { unreachable } from '../../model/result.ts';
import { localHost } from './local.ts';
import { netnsHost } from './netns.ts';
import { sshHost } from './ssh/host.ts';
import { wholePath } from './ssh/options.ts';

/** A host by how it is reached; nothing is asked of it before it is needed. */
export function openHost(name: string, use: HostUse, ours: readonly string[]): Host {
  switch (use.kind) {
    case 'local':
      return localHost(name, ours);
    case 'netns':
      return netnsHost(name, use.netns, ours);
    case 'ssh':
      return sshHost(name, use, ours);
    default:
      return unreachable(use);
  }
}

/** Hosts as a file names them, with the paths in it made whole: they count from the file. */
export const hostsIn = (file: string, hosts: Readonly<Record<string, HostUse>>): Record<string, HostUse> =>
  Object.fromEntries(Object.entries(hosts).map(([name, use]) => [name, whole(use, dirname(file))]));

function whole(use: HostUse, from: string): HostUse {
  if (use.kind !== 'ssh') return use;
  const { key, config } = use;
  return {
    ...use,
    ...(key === undefined ? {} : { key: wholePath(key, from) }),
    ...(config === undefined ? {} : { config: wholePath(config, from) }),
  };
}
