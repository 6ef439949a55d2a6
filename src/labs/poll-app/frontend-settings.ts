import { numberSetting } from '../app/settings.ts';

/** Why a try may be made once more. */
export const RETRY_REASONS = ['5xx', 'connect', 'reset', 'timeout'] as const;
export type RetryReason = (typeof RETRY_REASONS)[number];

/** How the frontend reaches the backends. */
export interface FrontendSettings {
  /** BACKEND_URL: the backends' Service. */
  backend: URL;
  /** RETRIES: the most tries after the first one; 0 unless told. */
  retries: number;
  /** RETRY_BACKOFF_MS: the wait before retry n is a random time of up to this times 2^n - 1; 25 unless told. */
  backoffMs: number;
  /**
   * RETRY_ON: which tries are made again, after a comma each; all of them unless told. `5xx`: answered with 500 to
   * 599; `connect`: no connection; `reset`: it broke before the answer was there; `timeout`: no answer in time.
   */
  retryOn: ReadonlySet<RetryReason>;
  /** TRY_TIMEOUT_MS: the longest that one try may take; 1000 unless told. */
  tryTimeoutMs: number;
}

export const readFrontendSettings = (): FrontendSettings => ({
  backend: new URL(process.env['BACKEND_URL'] ?? 'http://127.0.0.1:30080'),
  retries: Math.floor(numberSetting('RETRIES', 0, { max: 100 })),
  backoffMs: numberSetting('RETRY_BACKOFF_MS', 25),
  retryOn: reasonsIn(process.env['RETRY_ON'] ?? ''),
  tryTimeoutMs: numberSetting('TRY_TIMEOUT_MS', 1_000, { min: 1 }),
});

function reasonsIn(text: string): ReadonlySet<RetryReason> {
  const words = text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter(Boolean);
  const unknown = words.filter((word) => !RETRY_REASONS.some((reason) => reason === word));
  if (unknown.length > 0)
    process.stderr.write(`RETRY_ON knows ${RETRY_REASONS.join(', ')}, not ${unknown.join(', ')}\n`);
  return new Set(
    words.length === 0 ? RETRY_REASONS : RETRY_REASONS.filter((reason) => words.includes(reason)),
  );
}
