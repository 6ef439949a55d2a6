import { seriesKey } from '../../model/samples.ts';
import { MISSED } from '../../model/series.ts';
import { secondsBetween } from '../../model/time.ts';
import { observe } from '../look/observed.ts';
import { coveredSeconds, lengthOf, merge } from '../look/spans.ts';
import { type MeasureContext, measure } from '../measure.ts';
import { lateStretches } from '../measures/ended.ts';
import { numberText } from '../words.ts';

/** From here on we were not fit to judge; share of a load's operations. */
const MISSED_SHARE = 0.05;
/** From here on it is said. */
const SLOW_LAG_MS = 200;

export interface ObserverHealth {
  ok: boolean;
  words: string[];
}

interface Finding {
  words: string;
  /** It makes the run inconclusive. */
  unfit: boolean;
}

/**
 * Whether aftershock itself was fit to judge. It was not if the clock jumped, or if over 5 % of a load's operations were
 * missed: then the run is inconclusive. A load that was late and signals that were blind for a while are named; what
 * depends on them is bounded or unknown by itself.
 */
export function observerHealth(context: MeasureContext): ObserverHealth {
  const findings = [...jumps(context), ...loads(context), ...lag(context), ...blind(context)];
  return { ok: !findings.some(({ unfit }) => unfit), words: findings.map(({ words }) => words) };
}

function jumps({ timeline, windows: { run } }: MeasureContext): Finding[] {
  return timeline.jumps
    .filter((jump) => jump.from < run.to && jump.to > run.from)
    .map((jump) => ({
      words: `The clock jumped or our machine slept ${numberText(secondsBetween(run.from, jump.from))} s after the start: times that span it are unknown.`,
      unfit: true,
    }));
}

function loads({ signals, samples, windows: { run }, timeline }: MeasureContext): Finding[] {
  return signals.flatMap((signal) =>
    signal.series
      .filter(({ family }) => family === 'operations')
      .flatMap((series): Finding[] => {
        const all = samples.operations(seriesKey(signal.name, series.name), run);
        const missed = all.filter(({ kind }) => kind === MISSED).length;
        const seen = observe({
          signal,
          series,
          samples,
          span: run,
          origin: run.from,
          firstAct: undefined,
          sliding: false,
          jumps: timeline.jumps,
        });
        const late_s = coveredSeconds(merge(lateStretches(seen)), run);
        return [
          ...(missed === 0
            ? []
            : [
                {
                  words: `${missed} of ${all.length} operations of ${signal.name} could not be sent in time by our own fault; they count for nothing.`,
                  unfit: missed > MISSED_SHARE * all.length,
                },
              ]),
          ...(late_s === 0
            ? []
            : [
                {
                  words: `The load ${signal.name} was over 5 ms late for ${numberText(late_s)} s of ${numberText(lengthOf(run))} s, by our own fault: latencies there are bounded.`,
                  // Its latencies are bounded already: what they leave open is unknown by itself.
                  unfit: false,
                },
              ]),
        ];
      }),
  );
}

function lag(context: MeasureContext): Finding[] {
  const measured = measure({ measure: 'observer.lag_p99_ms', text: 'observer.lag_p99_ms' }, context);
  if (measured.is !== 'value' || Number(measured.value) < SLOW_LAG_MS) return [];
  return [
    {
      words: `Our own main loop was busy for up to ${numberText(Number(measured.value))} ms (99th percentile): what was polled came late.`,
      unfit: false,
    },
  ];
}

function blind({ signals, samples, windows: { run } }: MeasureContext): Finding[] {
  return signals.flatMap((signal) => {
    const gaps = merge(
      signal.series.flatMap((series) => samples.gaps(seriesKey(signal.name, series.name), run)),
    );
    const seconds = coveredSeconds(gaps, run);
    if (seconds < 0.05) return [];
    return [
      {
        words: `${signal.name} was not observed for ${numberText(seconds)} s of ${numberText(lengthOf(run))} s.`,
        unfit: false,
      },
    ];
  });
}
