import { figure } from '../words/figures.ts';
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

/** A linear axis from zero whose top is a round number of at most five steps. */
export function linearAxis(highest: number, unit: Axis['unit'], title: string): Axis {
  const power = 10 ** Math.floor(Math.log10(Math.max(highest, 1e-6) / 4));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => highest / one <= 4.2) ?? power * 10;
  const wholeStep = unit === 'count' ? Math.max(1, Math.ceil(step)) : step;
  const top = Math.ceil(highest / wholeStep - 1e-9) * wholeStep;
  return { scale: 'linear', min: 0, max: Math.max(top, wholeStep), unit, title, step: wholeStep };
}

/** A value as the axis writes it: short, with its unit. */
export function axisLabel(value: number, unit: Axis['unit']): string {
  const text = figure(Number(value.toPrecision(4)));
  if (unit === 'ms') return value >= 1000 ? `${figure(value / 1000)} s` : `${text} ms`;
  if (unit === '%') return `${text} %`;
  if (unit === '/s') return `${text}/s`;
  return text;
}
