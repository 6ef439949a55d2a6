import type { MeasureResult, RunResult } from '../../model/verdict.ts';
import { figure, listed, measured } from './figures.ts';

/** What a load came to over a whole run, in words; `—` stands for what is not known. */
export interface LoadWords {
  /** `votes`, or `votes.reads` where the signal has more than one series of operations. */
  name: string;
  sent: string;
  succeeded: { count: string; share: string };
  latency: { p50: string; p95: string; p99: string; worst: string };
  /** `timeout 3, status 1`; `none`. */
  errors: string;
  /** Something failed. */
  failing: boolean;
}

/** Whether a run broke nothing and predicted nothing, as planned: a measurement, with no verdict to speak of. */
export const onlyMeasured = ({
  injections,
  predictions,
  verdict,
}: Pick<RunResult, 'injections' | 'predictions' | 'verdict'>): boolean =>
  injections.length === 0 && predictions.length === 0 && verdict === 'as-predicted';

/** Whether a load of the run sent something and none of it succeeded. */
export const nothingSucceeded = ({ measures, signals }: Pick<RunResult, 'signals' | 'measures'>): boolean =>
  signals.some((signal) =>
    signal.series.some(({ family, name }) => {
      const of = (measure: string) =>
        measures.find(({ text }) => text === `${signal.name}.run.${name}.${measure}`);
      return (
        family === 'operations' &&
        countOf(of('count')) > 0 &&
        of('ok')?.measured.is === 'value' &&
        countOf(of('ok')) === 0
      );
    }),
  );

/** Each load of a run, over all of it. */
export function loadWords(result: Pick<RunResult, 'signals' | 'measures'>): LoadWords[] {
  return result.signals.flatMap((signal) => {
    const loads = signal.series.filter(({ family }) => family === 'operations');
    return loads.map((series) => {
      const prefix = `${signal.name}.run.${series.name}.`;
      const name = loads.length === 1 ? signal.name : `${signal.name}.${series.name}`;
      const measures = result.measures.filter(({ text }) => text.startsWith(prefix));
      return wordsOf(name, new Map(measures.map((one) => [one.text.slice(prefix.length), one])));
    });
  });
}

function wordsOf(name: string, measures: ReadonlyMap<string, MeasureResult>): LoadWords {
  const say = (measure: string): string => {
    const one = measures.get(measure);
    return one === undefined || one.measured.is === 'unknown'
      ? '—'
      : measured(one.measured, one.unit, measure);
  };
  const kinds = [...measures]
    .flatMap(([measure, one]) => {
      const [, kind] = /^by_error\["(.*)"\]$/.exec(measure) ?? [];
      const count = countOf(one);
      return kind === undefined || count === 0 ? [] : [{ kind, count }];
    })
    .sort((a, b) => b.count - a.count);
  return {
    name,
    sent: say('count'),
    succeeded: { count: say('ok'), share: say('availability') },
    latency: { p50: say('p50_ms'), p95: say('p95_ms'), p99: say('p99_ms'), worst: say('max_ms') },
    errors: kinds.length === 0 ? 'none' : listed(kinds.map(({ kind, count }) => `${kind} ${figure(count)}`)),
    failing: kinds.length > 0,
  };
}

const countOf = (one: MeasureResult | undefined): number =>
  one?.measured.is === 'value' && typeof one.measured.value === 'number' ? one.measured.value : 0;
