import type { Clock, World } from '../../model/contracts/world.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { getText } from '../../reach/http.ts';
import type { MetricsConfig } from './config.ts';
import { ACCEPT, readPage, startOf } from './page.ts';
import { PodSource } from './pods.ts';
import type { Scrape } from './scrape.ts';

/** Where metrics come from. A failure is the exact text of what went wrong. */
export interface Source {
  scrape(deadline_ms: number, signal: AbortSignal): Promise<Result<Scrape, string>>;
}

/** A process cannot have started before it did: another one answers. */
export const SEVERAL =
  'its answers come from several processes in turn, as behind a balancer (process_start_time_seconds changes back and forth)';

/** The source that a config names; a Problem where it needs a cluster and there is none. */
export function sourceOf({ url, pods }: MetricsConfig, of: { world: World; clock: Clock }): Result<Source> {
  if (pods === undefined) return ok(urlSource(url ?? '', of.clock));
  const api = of.world.kubernetes();
  return api.ok ? ok(new PodSource({ api: api.value, clock: of.clock, wanted: pods })) : api;
}

/** Two starts further apart are not one process's; a start computed anew from the wall clock moves a little. */
const SAME_START_S = 0.5;

function urlSource(url: string, clock: Clock): Source {
  const { host } = new URL(url);
  let startedAt = Number.NEGATIVE_INFINITY;
  return {
    scrape: async (deadline_ms, signal) => {
      const answer = await getText({ url, accept: ACCEPT, deadline_ms }, signal);
      if (!answer.ok) return answer;
      const t = clock.now();
      const page = readPage(answer.value);
      if (!page.ok) return page;
      const start = startOf(page.value) ?? startedAt;
      if (start < startedAt - SAME_START_S) return fail(SEVERAL);
      startedAt = start;
      return ok({ t, instances: [{ id: host, subject: host, t, born: false, page: page.value }] });
    },
  };
}
