import { defineLab } from '../lifecycle.ts';

/** The poll app on a practice cluster: kubectl works on it, no Docker and no root are needed. */
export const pollApp = defineLab({
  name: 'poll-app',
  summary: 'a voting app on a small Kubernetes-like cluster: two backends, two frontends, a NodePort each',
  port: 30_080,
});
