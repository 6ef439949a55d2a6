/** The environment variables that a practice program reads once, at its start. */

interface Range {
  min?: number;
  max?: number;
}

/** A number; what is none, or lies outside the range (0 and up unless told), is told on stderr and not used. */
export function numberSetting(
  name: string,
  otherwise: number,
  { min = 0, max = Infinity }: Range = {},
): number {
  const text = process.env[name]?.trim() ?? '';
  if (text === '') return otherwise;
  const value = Number(text);
  if (value >= min && value <= max) return value;
  const range = max === Infinity ? `a number of at least ${min}` : `a number from ${min} to ${max}`;
  process.stderr.write(`${name}=${text} is not ${range}; ${otherwise} is used\n`);
  return otherwise;
}

/** Whether a switch is on: `1` or `true`. */
export const switchSetting = (name: string): boolean =>
  ['1', 'true'].includes(process.env[name]?.trim().toLowerCase() ?? '');

/** The pod's own name, which Kubernetes gives as HOSTNAME. */
export const podName = (): string => process.env['HOSTNAME'] ?? 'local';
