import { fail, ok, type Result } from './result.ts';

/** Why a text is no quantity, in the words of a Problem. */
export interface UnitTrouble {
  message: string;
  expected: string;
  fix: string;
}

/** One kind of quantity: how it is written, and what a bare number most probably lacks. */
interface Quantity {
  name: string;
  /** `a duration such as …` */
  expected: string;
  /** What to write after a number without a unit. */
  usual: string;
  /** Factors to the base unit; the number is multiplied by the first and divided by the second. */
  units: Readonly<Record<string, readonly [times: number, over: number]>>;
  /** The unit that was probably meant by another word. */
  guesses: readonly (readonly [RegExp, string])[];
}

const duration: Quantity = {
  name: 'duration',
  expected: 'a duration such as 500ms, 30s, 5m or 1h',
  usual: 's',
  units: { ms: [1, 1_000], s: [1, 1], m: [60, 1], h: [3_600, 1] },
  guesses: [
    [/^(msecs?|milli.*)$/i, 'ms'],
    [/^(s|secs?|seconds?)$/i, 's'],
    [/^(m|mins?|minutes?)$/i, 'm'],
    [/^(h|hrs?|hours?)$/i, 'h'],
  ],
};

const rate: Quantity = {
  name: 'rate',
  expected: 'a rate such as 50/s, 30/m or 10/h',
  usual: '/s',
  units: { '/s': [1, 1], '/m': [1, 60], '/h': [1, 3_600] },
  guesses: [
    [/^(\/ ?s.*|.*ps|hz|per ?s.*)$/i, '/s'],
    [/^(\/ ?m.*|rpm|per ?m.*)$/i, '/m'],
    [/^(\/ ?h.*|per ?h.*)$/i, '/h'],
  ],
};

const size: Quantity = {
  name: 'size',
  expected: 'a size such as 64Mi, 1Gi, 10MB or 512B',
  usual: 'Mi',
  units: {
    B: [1, 1],
    KB: [1e3, 1],
    MB: [1e6, 1],
    GB: [1e9, 1],
    TB: [1e12, 1],
    Ki: [2 ** 10, 1],
    Mi: [2 ** 20, 1],
    Gi: [2 ** 30, 1],
    Ti: [2 ** 40, 1],
  },
  guesses: [
    [/^(b|bytes?)$/i, 'B'],
    [/^ki/i, 'Ki'],
    [/^mi/i, 'Mi'],
    [/^gi/i, 'Gi'],
    [/^ti/i, 'Ti'],
    [/^kb?$/i, 'KB'],
    [/^mb?$/i, 'MB'],
    [/^gb?$/i, 'GB'],
    [/^tb?$/i, 'TB'],
  ],
};

/** What a line carries; in bits per second. */
const bitrate: Quantity = {
  name: 'bit rate',
  expected: 'a bit rate such as 1Mbit, 500kbit or 1Gbit (per second)',
  usual: 'Mbit',
  units: { bit: [1, 1], kbit: [1e3, 1], Mbit: [1e6, 1], Gbit: [1e9, 1] },
  guesses: [
    [/^(b|bits?|bps|bit\/s)$/i, 'bit'],
    [/^k(b|bits?|bps|bit\/s)?$/i, 'kbit'],
    [/^m(b|bits?|bps|bit\/s)?$/i, 'Mbit'],
    [/^g(b|bits?|bps|bit\/s)?$/i, 'Gbit'],
  ],
};

const percent: Quantity = {
  name: 'percentage',
  expected: 'a percentage such as 50%',
  usual: '%',
  units: { '%': [1, 1] },
  guesses: [[/^(percent|pct|p\.?c\.?)$/i, '%']],
};

/** A long stretch, such as the window of an objective; in seconds. */
const period: Quantity = {
  name: 'period',
  expected: 'a period such as 30d, 4w or 12h',
  usual: 'd',
  units: { h: [3_600, 1], d: [86_400, 1], w: [604_800, 1] },
  guesses: [
    [/^(h|hrs?|hours?)$/i, 'h'],
    [/^(d|days?)$/i, 'd'],
    [/^(w|wks?|weeks?)$/i, 'w'],
  ],
};

/** The quantities by the name of what they measure. */
const quantities = { duration, rate, size, bitrate, percent, period };

export type QuantityName = keyof typeof quantities;

/** `500ms`, `30s`, `5m`, `1h` in seconds. */
export const parseDuration = (given: unknown): Result<number, UnitTrouble> => parse(given, duration);
/** `50/s`, `30/m`, `10/h` in operations per second. */
export const parseRate = (given: unknown): Result<number, UnitTrouble> => parse(given, rate);
/** `64Mi`, `10MB`, `512B` in bytes. */
export const parseSize = (given: unknown): Result<number, UnitTrouble> => parse(given, size);
/** `50%` as 50. */
export const parsePercent = (given: unknown): Result<number, UnitTrouble> => parse(given, percent);

/** `30d`, `4w`, `12h` in seconds. */
export const parsePeriod = (given: unknown): Result<number, UnitTrouble> => parse(given, period);

/** Parses any of them by its name. */
export const parseQuantity = (given: unknown, name: QuantityName): Result<number, UnitTrouble> =>
  parse(given, quantities[name]);

/** What is expected of a quantity, in words. */
export const expectedQuantity = (name: QuantityName): string => quantities[name].expected;

/** The regular expression of a quantity, for JSON Schema. */
export const quantityPattern = (name: QuantityName): string =>
  `^\\d+(\\.\\d+)?(${Object.keys(quantities[name].units).join('|')})$`;

function parse(given: unknown, quantity: Quantity): Result<number, UnitTrouble> {
  if (typeof given !== 'string' && typeof given !== 'number') return fail(noQuantity(given, quantity));
  const text = String(given);
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(.*)$/s.exec(text.trim()) ?? [];
  if (digits === undefined || unit === undefined) return fail(noQuantity(given, quantity));
  const known = Object.hasOwn(quantity.units, unit);
  const [times, over] = (known ? quantity.units[unit] : undefined) ?? [Number.NaN, 1];
  const value = (Number(digits) * times) / over;
  if (Number.isFinite(value) && !/\s/.test(text)) return ok(value);
  const { name, expected, usual } = quantity;
  const guess = known ? unit : guessed(unit, quantity);
  const fix = `Write \`${digits}${guess ?? usual}\`.`;
  if (unit === '') return fail({ message: `a ${name} needs a unit`, expected, fix });
  return fail({
    message: `\`${shortened(text)}\` is not a ${name}`,
    expected,
    fix: guess === undefined ? writeOne(quantity) : fix,
  });
}

const guessed = (unit: string, { guesses }: Quantity): string | undefined =>
  guesses.find(([pattern]) => pattern.test(unit))?.[1];

const writeOne = ({ usual, expected }: Quantity): string => `Write ${expected}: a number and then ${usual}.`;

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text);

function noQuantity(given: unknown, quantity: Quantity): UnitTrouble {
  const { name, expected } = quantity;
  const message =
    typeof given === 'string' && given !== ''
      ? `\`${shortened(given)}\` is not a ${name}`
      : `a ${name} is needed`;
  return { message, expected, fix: writeOne(quantity) };
}

/** Seconds as they are written: the largest unit that needs no fraction. The inverse of `parseDuration`. */
export function formatDuration(seconds: number): string {
  if (seconds > 0 && seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  if (seconds > 0 && seconds % 60 === 0) return `${seconds / 60}m`;
  const millis = Math.round(seconds * 1_000);
  return seconds < 1 && seconds > 0 && millis / 1_000 === seconds ? `${millis}ms` : `${plain(seconds)}s`;
}

/** Operations per second as they are written. The inverse of `parseRate`, to a rounding. */
export function formatRate(perSecond: number): string {
  const [unit, factor] =
    [['/s', 1] as const, ['/m', 60] as const, ['/h', 3_600] as const].find(([, each]) => {
      const count = Math.round(perSecond * each);
      return count > 0 && Math.abs(perSecond * each - count) < 1e-9 * each;
    }) ?? (['/s', 1] as const);
  const count = perSecond * factor;
  return `${unit === '/s' && Math.abs(count - Math.round(count)) > 1e-9 ? plain(count) : Math.round(count)}${unit}`;
}

/** Bytes as they are written: the largest unit that needs no fraction, binary before decimal. */
export function formatSize(bytes: number): string {
  const order = ['Ti', 'TB', 'Gi', 'GB', 'Mi', 'MB', 'Ki', 'KB'];
  const unit = bytes === 0 ? undefined : order.find((name) => bytes % (size.units[name]?.[0] ?? 1) === 0);
  return unit === undefined ? `${plain(bytes)}B` : `${plain(bytes / (size.units[unit]?.[0] ?? 1))}${unit}`;
}

/** A long stretch in seconds, as it is written: in days, or in hours where it is not whole days. */
export const formatPeriod = (seconds: number): string =>
  seconds % 86_400 === 0 ? `${seconds / 86_400}d` : `${plain(seconds / 3_600)}h`;

/** Bits per second as they are written: the largest unit that needs no fraction. */
export function formatBitrate(bits: number): string {
  const unit = ['Gbit', 'Mbit', 'kbit'].find((name) => bits % (bitrate.units[name]?.[0] ?? 1) === 0);
  return unit === undefined || bits === 0
    ? `${plain(bits)}bit`
    : `${plain(bits / (bitrate.units[unit]?.[0] ?? 1))}${unit}`;
}

export const formatPercent = (value: number): string => `${plain(value)}%`;

/** A number without an exponent. */
function plain(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return value
    .toFixed(value < 1 ? 20 : 0)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** How a quantity is written, from its base unit. */
export const quantityFormats: Readonly<Record<QuantityName, (value: number) => string>> = {
  duration: formatDuration,
  rate: formatRate,
  size: formatSize,
  bitrate: formatBitrate,
  percent: formatPercent,
  period: formatPeriod,
};
