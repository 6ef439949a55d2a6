import type { MeasureWindow } from '../model/measure.ts';
import { NANOS_PER_MILLISECOND, type Nanos, type Span, secondsBetween } from '../model/time.ts';
import type { InjectionRecord } from '../model/timeline.ts';
import type { MeasureResult } from '../model/verdict.ts';
import type { ReportInput } from './input.ts';
import { bareName } from './words/expectation.ts';

/** The input with what every section asks of it. */
export interface View extends ReportInput {
  /** What seconds count from: the first injection; where there was none, the start of the baseline. */
  zero: Nanos;
  injected: boolean;
  /** The whole run as far as it was recorded. */
  span: Span;
  /** How long the stretches are that operations are counted in; by the run's length unless told. */
  bucket_s?: number;
}

export function viewOf(input: ReportInput): View {
  const { windows } = input.result;
  return {
    ...input,
    zero: windows.origin ?? windows.baseline.from,
    injected: windows.origin !== undefined,
    span: windows.run,
  };
}

/** Charts are judged after an injection; without any fault the whole run is. */
export const isJudged = ({ injected, plan }: View): boolean => injected || plan.faults.length === 0;

/** The experiment has no fault at all: nothing to say of recovery, detection or causes. */
export const breaksNothing = ({ plan }: Pick<View, 'plan'>): boolean => plan.faults.length === 0;

/** Seconds from the first injection. */
export const since = (view: View, t: Nanos): number => secondsBetween(view.zero, t);

/** Milliseconds since 1970 of a moment of our clock, by the nearest anchor before it. */
function wall(view: View, t: Nanos): number | undefined {
  const before = view.timeline.anchors.filter((anchor) => anchor.t <= t).at(-1);
  const anchor = before ?? view.timeline.anchors[0];
  return anchor === undefined ? undefined : anchor.wall_ms + (t - anchor.t) / NANOS_PER_MILLISECOND;
}

/** Wall time of a moment for machines: `2026-11-20T16:08:12.345Z`; undefined where the recording has none. */
export function isoTime(view: View, t: Nanos): string | undefined {
  const ms = wall(view, t);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** Wall time of a moment, UTC, with tenths: `16:08:12.3`. */
export function clock(view: View, t: Nanos): string {
  const ms = wall(view, t);
  return ms === undefined ? '' : new Date(ms).toISOString().slice(11, 21);
}

/** Date and time of a moment: `2026-11-20 16:08:00 UTC`. */
export function date(view: View, t: Nanos): string {
  const ms = wall(view, t);
  return ms === undefined
    ? 'time unknown'
    : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export interface Wanted {
  signal?: string;
  window?: MeasureWindow;
  measure: string;
}

/** A measure of the result by its parts; the series may stand in its text or be left out. */
export function findMeasure(view: Pick<View, 'result'>, wanted: Wanted): MeasureResult | undefined {
  return view.result.measures.find((one) => {
    const words = one.text.split('.');
    const isRun = wanted.signal === undefined;
    if (isRun) return one.text === wanted.measure;
    if (words[0] !== wanted.signal || bareName(one.text) !== wanted.measure || one.text.includes('['))
      return false;
    return wanted.window === undefined || words[1] === wanted.window;
  });
}

/** A measure's number, where it has one that is exact. */
export function numberOf(of: MeasureResult | undefined): number | undefined {
  return of?.measured.is === 'value' && typeof of.measured.value === 'number' ? of.measured.value : undefined;
}

/** The signals that offer a family, with the series' key in the recording. */
export function seriesOf(
  view: Pick<View, 'result'>,
  family: string,
): {
  signal: string;
  kind: string;
  series: string;
  key: string;
  unit: string;
  kinds: readonly string[];
  interval_s: number | undefined;
  total: boolean;
  noise: number | undefined;
}[] {
  return view.result.signals.flatMap((signal) =>
    signal.series
      .filter((series) => series.family === family)
      .map((series) => ({
        signal: signal.name,
        kind: signal.kind,
        series: series.name,
        key: `${signal.name}.${series.name}`,
        unit: series.unit ?? '1',
        kinds: series.kinds ?? [],
        interval_s: signal.interval_s,
        total: series.total === true,
        noise: series.noise,
      })),
  );
}

/** What is over at once and heals by itself: it has no undo worth showing, only its target's recovery. */
export const healsItself = (record: InjectionRecord): boolean =>
  record.instant === true || record.undoes.length === 0;
