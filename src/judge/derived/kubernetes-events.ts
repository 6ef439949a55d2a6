import { type Measured, type MeasureRef, unknown } from '../../model/measure.ts';
import type { Samples } from '../../model/samples.ts';
import type { DerivedDescriptor } from '../../model/series.ts';
import { observe } from '../look/observed.ts';
import type { MeasureContext } from '../measure.ts';
import { eventMeasures } from '../measures/events.ts';

/** Formulas of this file's measures, for docs/measures.md. */
export const eventRules = {
  'warnings.count': 'occurrences of type Warning in the window, whatever their reason',
  'warnings.first_after_s': 'until the first occurrence of type Warning',
} as const;

const WARNING = 'Warning';

/** Measures of `kubernetes.events` over all its warnings: those of events, as if Warning were the type of each. */
export function kubernetesEvents(
  ref: MeasureRef,
  descriptor: DerivedDescriptor,
  context: MeasureContext,
): Measured {
  const signal = context.signals.find(({ name }) => name === ref.signal);
  const series = signal?.series.find(({ name }) => name === 'events');
  const rule = eventMeasures[descriptor.measure];
  if (signal === undefined || series === undefined || rule === undefined)
    return unknown(`kubernetes.events has no measure ${descriptor.measure}`);
  const { defaultWindow, windows, timeline, samples } = context;
  const sliding = defaultWindow !== 'predict';
  const span = sliding ? defaultWindow : (windows.sinceFault ?? windows.run);
  const observed = observe({
    signal,
    series,
    samples: warningsOf(samples),
    span,
    origin: span.from,
    firstAct: undefined,
    sliding,
    jumps: timeline.jumps,
  });
  return rule.compute(observed, WARNING);
}

const warningsOf = (samples: Samples): Samples => ({
  end: samples.end,
  operations: (series, span) => samples.operations(series, span),
  points: (series, span) => samples.points(series, span),
  gaps: (series, span) => samples.gaps(series, span),
  events: (series, span) =>
    samples
      .events(series, span)
      .filter(({ detail }) => detail['type'] === WARNING)
      .map((event) => ({ ...event, type: WARNING })),
});
