import { figure, quantity } from '../words/figures.ts';
import type { Axis } from './chart.ts';

const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** Round ticks between two ends, zero among them where it lies between; at most so many. */
export function niceTicks(from: number, to: number, most: number): number[] {
  const step = steps.find((one) => (to - from) / one <= most) ?? (to - from) / most;
  const ticks: number[] = [];
  for (let index = Math.ceil(from / step); index * step <= to; index += 1)
    ticks.push(Number((index * step).toFixed(6)));
  return ticks;
}

const ownUnits: Partial<Record<string, Axis['unit']>> = {
  '1/s': '/s',
  ms: 'ms',
  '%': '%',
  s: 's',
  By: 'By',
  'By/s': 'By/s',
};

/** What an axis writes behind its values, for a series' unit. */
export const axisUnit = (unit: string): Axis['unit'] => ownUnits[unit] ?? 'other';

const areBytes = (unit: Axis['unit']): boolean => unit === 'By' || unit === 'By/s';

/** Steps of 1, 2, 4 … 512 KiB, MiB and so on: at most four to the top, which no number of tens makes round. */
function byteAxis(highest: number, unit: Axis['unit']): Axis {
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(highest, 1) / 4)));
  const title = unit === 'By' ? 'bytes' : 'bytes a second';
  return { scale: 'linear', min: 0, max: Math.ceil(highest / step) * step || step, unit, title, step };
}

/** A linear axis from zero whose top is a round number of at most five steps. */
export function linearAxis(highest: number, unit: Axis['unit'], title: string): Axis {
  if (areBytes(unit)) return byteAxis(highest, unit);
  const power = 10 ** Math.floor(Math.log10(Math.max(highest, 1e-6) / 4));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => highest / one <= 4.2) ?? power * 10;
  const wholeStep = unit === 'count' ? Math.max(1, Math.ceil(step)) : step;
  const top = Math.ceil(highest / wholeStep - 1e-9) * wholeStep;
  return { scale: 'linear', min: 0, max: Math.max(top, wholeStep), unit, title, step: wholeStep };
}

/** A value as the axis writes it: short, with its unit. */
export function axisLabel(value: number, unit: Axis['unit']): string {
  if (areBytes(unit)) return quantity(value, unit);
  const text = figure(Number(value.toPrecision(4)));
  if (unit === 'ms') return value >= 1000 ? `${figure(value / 1000)} s` : `${text} ms`;
  if (unit === '%') return `${text} %`;
  if (unit === '/s') return `${text}/s`;
  return text;
}
