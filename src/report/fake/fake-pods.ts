import type { JsonObject } from '../../model/json.ts';
import type { Occurrence, Point } from '../../model/series.ts';
import { type Nanos, seconds } from '../../model/time.ts';
import { type FakeKind, point } from './fake-series.ts';

/** The pods that are there at the start. */
export const OLD = ['pod/poll-backend-7c9fd8b6c-x2x4q', 'pod/poll-backend-7c9fd8b6c-9kqtz'] as const;

type Counts = readonly [ready: number, running: number, pending: number, terminating: number];

/** What `kubernetes.pods` would have recorded. */
class PodHistory {
  readonly points: Record<string, Point[]> = {
    'backends.ready': [],
    'backends.running': [],
    'backends.pending': [],
    'backends.terminating': [],
  };
  readonly events: Occurrence[] = [];
  readonly #origin: Nanos;

  constructor(origin: Nanos) {
    this.#origin = origin;
  }

  count(s: number, counts: Counts): void {
    for (const [index, name] of ['ready', 'running', 'pending', 'terminating'].entries())
      this.points[`backends.${name}`]?.push(point(this.#origin + seconds(s), counts[index] ?? 0));
  }

  happen(s: number, [type, subject]: readonly [string, string], detail: JsonObject = {}): void {
    const t = this.#origin + seconds(s);
    this.events.push({ t, type, subject, detail: { uid: `uid of ${subject}`, ...detail } });
  }

  /** A pod from its beginning until it is ready. */
  begin(s: number, pod: string, ready_s: number): void {
    const container = { container: 'backend', restartCount: 0 };
    this.happen(s, ['added', pod], { phase: 'Pending' });
    this.happen(s + 0.05, ['container', pod], {
      phase: 'Pending',
      ...container,
      state: 'waiting',
      reason: 'ContainerCreating',
    });
    this.happen(s + 0.35, ['phase', pod], { phase: 'Running' });
    this.happen(s + 0.35, ['container', pod], { phase: 'Running', ...container, state: 'running' });
    this.happen(s + ready_s, ['ready', pod], { phase: 'Running' });
  }

  end(s: number, pod: string, gone_s: number): void {
    this.happen(s, ['deleting', pod], { phase: 'Running', grace_s: 30 });
    this.happen(s, ['unready', pod], { phase: 'Running' });
    this.happen(s + gone_s, ['deleted', pod], { phase: 'Running' });
  }

  replace(s: number, old: string, fresh: string): void {
    this.end(s, old, 0.9);
    this.begin(s + 0.05, fresh, 2.05);
    this.count(s, [1, 1, 0, 1]);
    this.count(s + 0.05, [1, 1, 1, 1]);
    this.count(s + 0.4, [1, 2, 0, 1]);
    this.count(s + 0.9, [1, 2, 0, 0]);
    this.count(s + 2.1, [2, 2, 0, 0]);
  }
}

/** The pods of a made-up run; events are in order. */
export function podHistory(
  kind: FakeKind,
  origin: Nanos,
  faultEnd: Nanos,
): Pick<PodHistory, 'points' | 'events'> {
  const history = new PodHistory(origin);
  const held = (faultEnd - origin) / 1e9;
  const start = 0.001 - origin / 1e9;
  for (const pod of OLD) history.begin(start, pod, 0);
  history.count(start, [2, 2, 0, 0]);
  if (kind === 'kill') history.replace(0.05, OLD[0], 'pod/poll-backend-7c9fd8b6c-m4r7p');
  if (kind === 'latency' || kind === 'errors') {
    const [one, two] = ['pod/poll-backend-5d4fcbb7d-aa1bb', 'pod/poll-backend-5d4fcbb7d-cc2dd'];
    history.replace(0.1, OLD[0], one);
    history.replace(2.4, OLD[1], two);
    history.replace(held + 0.1, one, 'pod/poll-backend-7c9fd8b6c-ee3ff');
    history.replace(held + 2.4, two, 'pod/poll-backend-7c9fd8b6c-gg4hh');
  }
  if (kind === 'scale') {
    history.end(0.1, OLD[1], 0.9);
    history.count(0.1, [1, 1, 0, 1]);
    history.count(1, [1, 1, 0, 0]);
    history.begin(held + 0.1, 'pod/poll-backend-7c9fd8b6c-zz9yy', 2);
    history.count(held + 0.1, [1, 1, 1, 0]);
    history.count(held + 2.1, [2, 2, 0, 0]);
  }
  return { points: history.points, events: history.events.toSorted((a, b) => a.t - b.t) };
}
