import type { Operation, Point } from '../../model/series.ts';
import { type Nanos, type Span, seconds } from '../../model/time.ts';

export type FakeKind = 'kill' | 'latency' | 'errors' | 'scale';

const MS = 1e6;
const RATE = 50;

function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

export function operations(kind: FakeKind, run: Span, fault: Span): Operation[] {
  const random = chance(7);
  return Array.from({ length: ((run.to - run.from) / 1e9) * RATE }, (_, index): Operation => {
    const intended = run.from + (index * 1e9) / RATE;
    const sent = intended + random() * 0.6 * MS;
    const usual = (3 + random() * 3 + (random() > 0.98 ? 14 : 0)) * MS;
    const inFault = intended >= fault.from + seconds(kind === 'kill' ? 0 : 1.2) && intended < fault.to;
    const since = (intended - fault.from) / 1e9;
    if (kind === 'latency' && inFault)
      return { intended, sent, done: sent + usual + 500 * MS, kind: 'ok', status: 200 };
    if (kind === 'errors' && inFault && random() < 0.2)
      return {
        intended,
        sent,
        done: sent + usual,
        kind: 'http_5xx',
        status: 500,
        detail: 'injected failure',
      };
    if (kind === 'kill' && since >= 0.2 && since < 0.9 && random() < 0.45)
      return {
        intended,
        sent,
        done: sent + 2 * MS,
        kind: since < 0.3 ? 'reset' : 'refused',
        detail: 'connect ECONNREFUSED 127.0.0.1:30080',
      };
    if (kind === 'kill' && since >= 0 && since < 0.4)
      return { intended, sent, done: sent + 420 * MS * random(), kind: 'ok', status: 200 };
    if (kind === 'scale' && inFault)
      return { intended, sent, done: sent + usual * 1.7, kind: 'ok', status: 200 };
    return { intended, sent, done: sent + usual, kind: 'ok', status: 200 };
  });
}

export const point = (t: Nanos, of: number): Point => ({ t, value: of });

export function ownPoints(length: number): Record<string, Point[]> {
  const random = chance(3);
  const every = Array.from({ length: length * 2 }, (_, index) => seconds(index / 2));
  return {
    'observer.lag_ms': every.map((t) => point(t, random() * 2)),
    'observer.cpu_percent': every.map((t) => point(t, 9 + random() * 5)),
    'votes.schedule_error_ms': every.map((t) => point(t, random())),
  };
}
