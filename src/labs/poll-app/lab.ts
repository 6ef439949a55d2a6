import { defineLab } from '../lifecycle.ts';

/** The poll app on a practice cluster: kubectl works on it, no Docker and no root are needed. */
export const pollApp = defineLab({
  name: 'poll-app',
  summary: 'a voting app on a small Kubernetes-like cluster: two backends, two frontends, a NodePort each',
  port: 30_080,
  variables: {
    'poll-backend': [
      'ARTIFICIAL_DELAY_MS',
      'CPU_LIMIT',
      'CPU_MS_PER_VOTE',
      'DELAY_PROBES',
      'ERROR_RATE',
      'IGNORE_IDEMPOTENCY',
      'LIVENESS_FAILS_AFTER_S',
      'MEMORY_LEAK_MB_PER_S',
      'NEVER_READY',
      'READY_DELAY_MS',
      'SLOW_AFTER_S',
    ],
    'poll-frontend': ['BACKEND_URL', 'RETRIES', 'RETRY_BACKOFF_MS', 'RETRY_ON', 'TRY_TIMEOUT_MS'],
  },
});
