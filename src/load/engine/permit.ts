import { existsSync } from 'node:fs';
import { NANOS_PER_MILLISECOND, type Nanos } from '../../model/time.ts';
import type { PermitEnd } from '../messages.ts';
import type { Permit } from '../options.ts';

/** The file is looked at this often while the load sends; a process that was stopped looks before it sends again. */
const LOOK_EVERY: Nanos = 20 * NANOS_PER_MILLISECOND;

/** A permit as its load's own thread sees it: it holds whatever becomes of the thread that renews it. */
export interface WatchedPermit {
  renew(): void;
  /** Why nothing may be sent any more. Once it says so, it stays so. */
  revoked(): PermitEnd | undefined;
}

export function watchPermit(permit: Permit, now: () => Nanos): WatchedPermit {
  const begun = now();
  let renewed = begun;
  let looked = Number.NEGATIVE_INFINITY;
  let over: PermitEnd | undefined;
  const look = (at: Nanos): PermitEnd | undefined => {
    if (at - begun > permit.deadline_ms * NANOS_PER_MILLISECOND) return 'deadline';
    if (at - renewed > permit.lease_ms * NANOS_PER_MILLISECOND) return 'not-renewed';
    if (at - looked < LOOK_EVERY) return undefined;
    looked = at;
    return existsSync(permit.file) ? undefined : 'revoked';
  };
  return {
    renew: () => {
      renewed = now();
    },
    revoked: () => {
      over ??= look(now());
      return over;
    },
  };
}
