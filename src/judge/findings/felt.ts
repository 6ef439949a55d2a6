import type { SignalDescriptor } from '../../model/series.ts';
import type { Impact, MeasureResult } from '../../model/verdict.ts';
import { loadsOf } from './buckets.ts';

type Failures = 'none' | 'some' | 'not known';

/** `votes.fault.requests.failed`: only loads and probes have it. */
const failedMeasure = /\.(?:fault|recovery)\.(?:.+\.)?failed$/;

/** Whether anything failed from the first injection on. */
function failuresIn(measures: readonly MeasureResult[]): Failures {
  const least = measures
    .filter(({ text }) => failedMeasure.test(text))
    .map(({ measured }) =>
      measured.is === 'value'
        ? Number(measured.value)
        : measured.is === 'bounded'
          ? measured.min || null
          : null,
    );
  if (least.some((count) => count !== null && count > 0)) return 'some';
  return least.includes(null) ? 'not known' : 'none';
}

const unharmed: Record<Failures, string> = {
  none: 'Users noticed nothing',
  some: 'Users hardly noticed anything: too few failures to count as impact',
  'not known': 'Users noticed nothing, as far as was observed',
};

/**
 * What users felt, as a sentence without its full stop: one wording for the summary, the report and the command line.
 * It says that they noticed nothing only where nothing at all failed.
 */
export function feltText({ impact, measures, signals }: Felt): string {
  const loads = loadsOf(signals);
  const onlyProbes = loads.length > 0 && loads.every(({ signal }) => signal.probe === true);
  const who = onlyProbes ? 'Probes' : 'Users';
  switch (impact) {
    case 'none':
      return unharmed[failuresIn(measures)];
    case 'slow':
      return `${who} had to wait longer`;
    case 'failing':
      return `${who} saw errors`;
    case 'both':
      return `${who} had to wait longer and saw errors`;
    case 'unknown':
      return onlyProbes
        ? 'What users felt is not known: no load stood for them'
        : 'What users felt was not observed well enough to say';
  }
}

interface Felt {
  impact: Impact;
  measures: readonly MeasureResult[];
  signals: readonly SignalDescriptor[];
}
