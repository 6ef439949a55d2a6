import type { Random } from '../../model/contracts/world.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { RunPlan } from '../../model/plan.ts';

/** What was done in a run, in words short enough for a list of answers: the fault with its parameters. */
export function answerOf(plan: Pick<RunPlan, 'experiment' | 'watched'>): string {
  const faults = plan.experiment.faults.map(({ fault, params }) => `${fault}${settings(params)}`);
  if (faults.length > 0) return [...new Set(faults)].join(', then ');
  const load = plan.watched
    .map(({ text }) => / at (\S+\/s)/.exec(text)?.[1])
    .find((rate) => rate !== undefined);
  return `nothing: only the load${load === undefined ? '' : `, at ${load.replace(/,$/, '')}`}`;
}

function settings(params: JsonObject): string {
  const flat = Object.entries(params).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, one]) => `${inner}=${plain(one)}`)
      : [`${key}=${plain(value)}`],
  );
  return flat.length === 0 ? '' : ` (${flat.join(', ')})`;
}

const plain = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What stands in the list beside what other runs were, so that there is always something to choose from. */
const others = [
  'kubernetes.pod.delete',
  'kubernetes.deployment.env (ARTIFICIAL_DELAY_MS=500)',
  'kubernetes.deployment.env (ERROR_RATE=0.2)',
  'kubernetes.deployment.scale (replicas=1)',
  'http.load (rate=500/s)',
  'nothing: only the load, at 50/s',
];

const CHOICES = 5;

/** The answers to choose from, the right one among them, in the order drawn. */
export function choicesOf(right: string, known: readonly string[], random: Random): string[] {
  const wrong = [...new Set([...known, ...others])].filter((one) => one !== right);
  const real = wrong.filter((one) => known.includes(one));
  const invented = wrong.filter((one) => !known.includes(one));
  const drawn = [...random.pick(real, real.length), ...random.pick(invented, invented.length)];
  const chosen = [right, ...drawn.slice(0, CHOICES - 1)];
  return random.pick(chosen, chosen.length);
}
