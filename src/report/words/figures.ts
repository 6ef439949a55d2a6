import { boundsText } from '../../judge/words.ts';
import type { Measured } from '../../model/measure.ts';

/** Digits after the point that leave about three that count. */
function digits(value: number): number {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return 0;
  return size >= 10 ? 1 : 2;
}

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** A number for people: three digits that count, thousands set apart by a thin space. */
export function figure(value: number): string {
  const fixed = trimmed(value.toFixed(digits(value)));
  const [whole = '', part] = fixed.replace('-', '').split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u2009') : whole;
  const sign = value < 0 && Number(fixed) !== 0 ? '−' : '';
  return `${sign}${grouped}${part === undefined ? '' : `.${part}`}`;
}

/** A share as percent. It says 100 % or 0 % only where that is exact. */
export function percent(share: number): string {
  const value = share * 100;
  for (const places of [1, 2, 3, 4]) {
    const text = value.toFixed(places);
    const flattered = (Number(text) === 100 && share !== 1) || (Number(text) === 0 && share !== 0);
    if (!flattered) return `${trimmed(text)} %`;
  }
  return share > 0.5 ? 'just under 100 %' : 'just over 0 %';
}

/** Seconds: `0.42 s`, `12.3 s`, `2 min 5 s`, `1 h 20 min`. */
export function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 90) return `${figure(seconds)} s`;
  const sign = seconds < 0 ? '−' : '';
  const whole = Math.round(size);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours > 0) return `${sign}${hours} h ${minutes} min`;
  return rest === 0 ? `${sign}${minutes} min` : `${sign}${minutes} min ${rest} s`;
}

/** A moment relative to the first injection: `+3.2 s`, `−15.0 s`; hundredths below ten. */
export function moment(seconds: number): string {
  const fixed = Math.abs(seconds).toFixed(Math.abs(seconds) < 10 ? 2 : 1);
  return `${seconds < 0 ? '−' : '+'}${fixed} s`;
}

/** Milliseconds, as seconds from one second on. */
export const millis = (value: number): string =>
  Math.abs(value) >= 1000 ? `${figure(value / 1000)} s` : `${figure(value)} ms`;

/** A number with its unit; `measure` is the measure's bare name, which tells shares from counts. */
export function quantity(value: number, unit: string, measure = ''): string {
  if (/availability$|error_rate$/.test(measure)) return percent(value);
  if (unit === 'ms') return millis(value);
  if (unit === 's') return duration(value);
  if (unit === '1' || unit === '') return figure(value);
  if (unit === '1/s') return `${figure(value)}/s`;
  if (unit === 'By') return bytes(value);
  if (unit === 'By/s') return `${bytes(value)}/s`;
  if (unit === 'MBy') return `${figure(value)} MB`;
  return `${figure(value)} ${unit}`;
}

function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)));
  return `${figure(value / 1024 ** step)} ${units[step] ?? 'B'}`;
}

const plainValue = (value: number | string | boolean, unit: string, measure: string): string => {
  if (typeof value === 'number') return quantity(value, unit, measure);
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
};

/** A measure as it came out, in words: also what is unknown, censored or bounded. */
export function measured(of: Measured, unit: string, measure = ''): string {
  switch (of.is) {
    case 'value':
      return plainValue(of.value, unit, measure);
    case 'unknown':
      return `unknown (${of.why})`;
    case 'censored':
      return `not within ${duration(of.over)}`;
    case 'bounded':
      return boundsText(of, (value) => quantity(value, unit, measure));
  }
}

/** `1 pod`, `2 pods`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${figure(count)} ${count === 1 ? one : many}`;

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
