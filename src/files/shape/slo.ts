import { nearestOf } from '../../judge/expression/nearest.ts';
import { operationsOf } from '../../judge/slo/slo.ts';
import type { System } from '../../model/experiment.ts';
import type { Problem } from '../../model/result.ts';
import type { Slo } from '../../model/slo.ts';
import type { Source } from '../read/source.ts';
import type { Signals } from './signals.ts';
import { DEFAULT_SLO_WINDOW_S, type SystemShape } from './system-shape.ts';

/** The objectives of a system file; no key where it has none. */
export function sloOf({ slo }: SystemShape): Pick<System, 'slo'> {
  const objectives = Object.entries(slo ?? {}).map(
    ([name, { signal, objective, within, window }]): Slo => ({
      name,
      signal,
      objective_percent: objective,
      ...(within === undefined ? {} : { within_ms: within * 1_000 }),
      window_s: window ?? DEFAULT_SLO_WINDOW_S,
    }),
  );
  return objectives.length === 0 ? {} : { slo: objectives };
}

/** Objectives on what is no signal, or has no operations to count. */
export function sloProblems(source: Source, { slo }: SystemShape, signals: Signals): Problem[] {
  const counted = signals.descriptors
    .filter((one) => operationsOf(one) !== undefined)
    .map(({ name }) => name);
  return Object.entries(slo ?? {}).flatMap(([name, { signal }]) =>
    counted.includes(signal) || signals.broken.has(signal)
      ? []
      : [noOperations(source, { name, signal, signals, counted })],
  );
}

function noOperations(
  source: Source,
  of: { name: string; signal: string; signals: Signals; counted: readonly string[] },
): Problem {
  const { name, signal, signals, counted } = of;
  const isThere = signals.descriptors.some((one) => one.name === signal);
  const nearest = nearestOf(signal, counted) ?? (counted.length === 1 ? counted[0] : undefined);
  return {
    code: isThere ? 'field-wrong' : 'name-unknown',
    message: isThere
      ? `\`slo.${name}\`: the signal \`${signal}\` has no operations of which some could be good`
      : `\`slo.${name}\`: there is no signal \`${signal}\``,
    at: source.placeOf(['slo', name, 'signal']),
    found: signal,
    ...(counted.length === 0 ? {} : { expected: counted.join(', ') }),
    fix:
      nearest === undefined ? 'Add a signal that sends operations, such as `http`.' : `Write \`${nearest}\`.`,
  };
}
