/** A quantity of the Kubernetes API, exact: in billionths, the finest that the API keeps. */
interface Quantity {
  nano: bigint;
  form: 'binary' | 'decimal' | 'exponent';
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const SYNTAX = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d{1,2}))?$/;
const NANO = 1_000_000_000n;

/**
 * A quantity of the Kubernetes API (`250m`, `12345678n`, `64Mi`, `1.5`, `2e3`) as a number of whole units: cores,
 * bytes. Undefined for anything else.
 * Source: the grammar in k8s.io/apimachinery/pkg/api/resource/quantity.go.
 */
export function quantityOf(given: unknown): number | undefined {
  const read = readQuantity(given);
  return read === undefined ? undefined : Number(read.nano) / 1e9;
}

/**
 * A quantity as the API gives it back: without fractions, in the greatest unit that needs none (`0.5` is `500m`,
 * `1024Mi` is `1Gi`). Undefined for what is no quantity.
 */
export function canonicalQuantity(given: unknown): string | undefined {
  const read = readQuantity(given);
  if (read === undefined) return undefined;
  const { nano, form } = read;
  const small = nano > -1024n * NANO && nano < 1024n * NANO;
  if (form === 'binary' && !small) return reduced(roundUp(nano), 1024n, BINARY);
  const units = form === 'exponent' ? DECIMAL.map((_, at) => (at === 3 ? '' : `e${3 * at - 9}`)) : DECIMAL;
  return nano === 0n ? '0' : reduced(nano, 1000n, units);
}

/** CPU cores as the API tells a usage, in billionths: `12345678n`. */
export const cpuQuantity = (cores: number): string =>
  canonicalQuantity(`${Math.max(0, Math.round(cores * 1e9))}n`) ?? '0';

/** Bytes as the API tells a usage: `5120Ki`, in the greatest unit that needs no fraction. */
export const memoryQuantity = (bytes: number): string =>
  canonicalQuantity(`${Math.ceil(bytes / 1024)}Ki`) ?? '0';

function readQuantity(given: unknown): Quantity | undefined {
  const found = SYNTAX.exec(
    typeof given === 'number' ? String(given) : typeof given === 'string' ? given : '',
  );
  if (found === null) return undefined;
  const [, sign, number = '', unit = '', exponent] = found;
  const [whole = '', fraction = ''] = number.split('.');
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const binary = BINARY.indexOf(unit);
  if (unit !== '' && binary > 0)
    return { nano: scaled(digits * 1024n ** BigInt(binary), 9 - fraction.length), form: 'binary' };
  const power = exponent === undefined ? 3 * DECIMAL.indexOf(unit) - 9 : Number(exponent);
  const form = exponent === undefined ? 'decimal' : 'exponent';
  return { nano: scaled(digits, 9 + power - fraction.length), form };
}

/** value × 10^power; what is finer than 1 is rounded away from zero, as the API does. */
function scaled(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power);
  return awayFromZero(value, 10n ** BigInt(-power));
}

const roundUp = (nano: bigint): bigint => awayFromZero(nano, NANO);

const awayFromZero = (value: bigint, by: bigint): bigint =>
  value / by + (value % by === 0n ? 0n : value > 0n ? 1n : -1n);

function reduced(value: bigint, by: bigint, units: readonly string[]): string {
  let [left, at] = [value, 0];
  while (left % by === 0n && at < units.length - 1) [left, at] = [left / by, at + 1];
  return `${left}${units[at]}`;
}
