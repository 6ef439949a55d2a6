import type { Family } from './series.ts';

/** What is said of a family's measure: its type and unit; `key` if it is indexed or takes an argument. */
export interface FamilyMeasure {
  type: 'number' | 'text' | 'bool' | 'same';
  unit: string;
  /** `error`: `by_error["kind"]`; `number`: `above_s(x)`; `event`: per event type, `pods.deleted.count`. */
  key?: 'error' | 'number' | 'event';
  /** Times count from the first injection (or the window's start where a window is named). */
  time?: true;
}

const number = (unit: string): FamilyMeasure => ({ type: 'number', unit });
const time: FamilyMeasure = { type: 'number', unit: 's', time: true };

/**
 * The measures of each family (design, section 6). `same` is the series' own type of value.
 * The formulas stand in `judge/` and in docs/measures.md; a test keeps the three equal.
 */
export const familyMeasures: Record<Family, Record<string, FamilyMeasure>> = {
  operations: {
    count: number('1'),
    ok: number('1'),
    failed: number('1'),
    rate_per_s: number('1/s'),
    availability: number('1'),
    error_rate: number('1'),
    p50_ms: number('ms'),
    p90_ms: number('ms'),
    p95_ms: number('ms'),
    p99_ms: number('ms'),
    p999_ms: number('ms'),
    max_ms: number('ms'),
    longest_outage_s: number('s'),
    outage_s: number('s'),
    first_failure_after_s: time,
    in_flight_lost: number('1'),
    by_error: { type: 'number', unit: '1', key: 'error' },
  },
  state: {
    last: { type: 'same', unit: '' },
    changed_after_s: time,
    changes: number('1'),
    without_value_s: number('s'),
    values: number('1'),
  },
  gauge: {
    last: number(''),
    min: number(''),
    mean: number(''),
    max: number(''),
    above_s: { type: 'number', unit: 's', key: 'number' },
    below_s: { type: 'number', unit: 's', key: 'number' },
  },
  events: {
    count: { type: 'number', unit: '1', key: 'event' },
    first_after_s: { type: 'number', unit: 's', time: true, key: 'event' },
  },
};

/** Measures of the run itself; those below `observer` and `monitoring` are written with that word. */
export const runMeasures: Record<string, FamilyMeasure> = {
  recovered_after_s: time,
  undone_after_s: time,
  'observer.missed': number('1'),
  'observer.lag_p99_ms': number('ms'),
  'monitoring.blind_s': number('s'),
};
