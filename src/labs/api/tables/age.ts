/**
 * A span of time as kubectl prints it, `5s`, `2m3s`, `3h`, `4d2h`; `<invalid>` when it is over 2 s in the future.
 * Source of the steps: `HumanDuration` of k8s.io/apimachinery/pkg/util/duration.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1_000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600)];
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return pair([minutes, 'm'], [seconds % 60, 's']);
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return pair([hours, 'h'], [minutes % 60, 'm']);
  if (hours < 48) return `${hours}h`;
  if (hours < 24 * 8) return pair([Math.floor(hours / 24), 'd'], [hours % 24, 'h']);
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24)}d`;
  const years = Math.floor(hours / 24 / 365);
  if (hours < 24 * 365 * 8) return pair([years, 'y'], [Math.floor(hours / 24) % 365, 'd']);
  return `${years}y`;
}

type Part = [number, string];

const pair = ([many, of]: Part, [few, unit]: Part): string =>
  few === 0 ? `${many}${of}` : `${many}${of}${few}${unit}`;

/** The time since a timestamp of the API, or `<unknown>`. */
export function age(since: unknown): string {
  const at = typeof since === 'string' ? Date.parse(since) : Number.NaN;
  return Number.isNaN(at) ? '<unknown>' : humanDuration(Date.now() - at);
}
