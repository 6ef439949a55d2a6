import type { Change } from '../../judge/compare/change.ts';
import { boundsText } from '../../judge/words.ts';
import type { Measured } from '../../model/measure.ts';
import { bareName } from './expectation.ts';
import { figure, quantity } from './figures.ts';

const isShare = (name: string): boolean => /availability$|error_rate$/.test(name);

/** A difference with its sign: `+206 ms`, `−8.8 points`. */
function signed(value: number, unit: string, name: string): string {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  const size = Math.abs(value);
  return `${sign}${isShare(name) ? `${figure(size * 100)} points` : quantity(size, unit, name)}`;
}

/** What changed, in words: `+206 ms (36.6x)`, `the same`; nothing is said of what is not known. */
export function changeText({ difference, ratio }: Change, of: { unit: string; text: string }): string {
  const name = bareName(of.text);
  if (difference.is === 'value' && difference.value === 0) return 'the same';
  const by = numbers(difference, (value) => signed(value, of.unit, name));
  if (by === '') return '';
  const times = isShare(name) ? '' : numbers(ratio, (value) => `${figure(value)}x`);
  return times === '' ? by : `${by} (${times})`;
}

function numbers(measured: Measured, say: (value: number) => string): string {
  if (measured.is === 'value') return typeof measured.value === 'number' ? say(measured.value) : '';
  return measured.is === 'bounded' ? boundsText(measured, say) : '';
}
