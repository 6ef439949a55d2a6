import type { Impact, MeasureResult } from '../../model/verdict.ts';

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
export function feltText(impact: Impact, measures: readonly MeasureResult[]): string {
  switch (impact) {
    case 'none':
      return unharmed[failuresIn(measures)];
    case 'slow':
      return 'Users had to wait longer';
    case 'failing':
      return 'Users saw errors';
    case 'both':
      return 'Users had to wait longer and saw errors';
    case 'unknown':
      return 'What users felt was not observed well enough to say';
  }
}
