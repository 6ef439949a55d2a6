import type { Lab } from '../lab.ts';
import { bringDown, bringUp, letGo, statusOf } from '../lifecycle.ts';

/** The poll app of two backends on a practice cluster: kubectl works on it, no Docker and no root are needed. */
export const pollApp: Lab = {
  name: 'poll-app',
  summary: 'a voting app on a small Kubernetes-like cluster: two backends behind a NodePort',
  up: (options, signal) => bringUp('poll-app', options, signal),
  down: (options) => bringDown('poll-app', options),
  release: (options, owner) => letGo('poll-app', options, owner),
  status: (options) => statusOf('poll-app', options),
};
