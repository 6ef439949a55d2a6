import type { Host } from '../../model/contracts/world.ts';
import { runChild } from './child.ts';

/** This machine as a host: scripts run as children, each in a process group (and session) of its own. */
export function localHost(name: string, ours: readonly string[]): Host {
  return {
    name,
    kind: 'local',
    where: 'this machine',
    ours,
    run: ({ script, args = [], stdin = '', ...limits }, signal) =>
      runChild(
        {
          command: 'sh',
          args: ['-c', script, 'sh', ...args],
          env: { ...process.env, ...environment },
          input: stdin,
        },
        limits,
        signal,
      ),
  };
}

const environment = { AFTERSHOCK_KIND: 'local', AFTERSHOCK_NETNS: '', AFTERSHOCK_PEER: '' };
