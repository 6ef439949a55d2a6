import type { World } from '../../model/contracts/world.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { startClock } from '../../reach/clock.ts';
import { resources } from '../../reach/kubernetes/paths.ts';
import { requireRights } from '../../reach/kubernetes/rights.ts';
import { namespaceExists, somePods } from '../pods/selection.ts';
import { type Entry, entriesOf, everyOf, type MetricsConfig, type PodsConfig } from './config.ts';
import { isThere, mismatch } from './kind.ts';
import { startOf } from './page.ts';
import type { Scrape } from './scrape.ts';
import { select } from './selector.ts';
import { SEVERAL, type Source, sourceOf } from './source.ts';

/** Of two processes behind a balancer both have most probably answered by then. */
const LOOKS = 8;
/** A first read may take longer than the beat: nothing is measured yet. */
const LEAST_DEADLINE_MS = 3_000;

/** Reads the metrics once: rights, reachability, and whether each series is there and of the kind it is taken for. */
export async function checkMetrics(
  world: World,
  config: MetricsConfig,
  signal: AbortSignal,
): Promise<Result<void>> {
  if (config.pods !== undefined) {
    const pods = await checkPods(world, config.pods, signal);
    if (!pods.ok) return pods;
  }
  const source = sourceOf(config, { world, clock: startClock() });
  if (!source.ok) return source;
  const scrape = await severalTimes(source.value, config, signal);
  if (!scrape.ok) return fail(unreadable(config, scrape.problem));
  for (const entry of entriesOf(config)) {
    const problem = wrongKind(entry, scrape.value) ?? missing(entry, scrape.value);
    if (problem !== undefined) return fail(problem);
  }
  return ok(undefined);
}

/** Several times, because a balancer only shows itself when another process answers. */
async function severalTimes(
  source: Source,
  config: MetricsConfig,
  signal: AbortSignal,
): Promise<Result<Scrape, string>> {
  const deadline_ms = Math.max(LEAST_DEADLINE_MS, everyOf(config) * 1_000);
  const first = await source.scrape(deadline_ms, signal);
  for (let look = 1; look < LOOKS && first.ok && config.url !== undefined; look += 1) {
    const next = await source.scrape(deadline_ms, signal);
    if (!next.ok) return next;
    if (startsOf(next.value) !== startsOf(first.value)) return fail(SEVERAL);
  }
  return first;
}

const startsOf = ({ instances }: Scrape): string =>
  instances.map(({ page }) => startOf(page)?.toFixed(3)).join();

async function checkPods(world: World, pods: PodsConfig, signal: AbortSignal): Promise<Result<void>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const namespace = pods.namespace ?? api.value.about.namespace;
  const there = await namespaceExists(api.value, namespace, signal);
  if (!there.ok) return there;
  const rights = [
    { verb: 'list', resource: resources.pods, namespace },
    { verb: 'get', resource: resources.pods, sub: 'proxy', namespace },
  ];
  const allowed = await requireRights(api.value, rights, signal);
  return allowed.ok ? somePods(api.value, { namespace, selector: pods.selector }, signal) : allowed;
}

function unreadable({ url, pods }: MetricsConfig, cause: string): Problem {
  if (cause === SEVERAL) {
    return {
      code: 'field-wrong',
      message: `The metrics of ${new URL(url ?? '').host} come from several processes in turn: its counters would seem to jump.`,
      fix: 'Name the pods instead, which are then read one by one: `pods: { selector: …, port: … }`.',
      cause,
    };
  }
  const of = url === undefined ? `the pods of ${pods?.selector ?? ''}` : new URL(url).host;
  return {
    code: 'system-unreachable',
    message: `The metrics of ${of} cannot be read.`,
    fix:
      url === undefined
        ? 'Check the port and the path of `pods`, and that the pods are ready.'
        : 'Check the url: it must answer with the text format of Prometheus.',
    cause,
  };
}

function wrongKind(entry: Entry, { instances }: Scrape): Problem | undefined {
  const why = instances.flatMap(({ page }) => mismatch(entry, page) ?? [])[0];
  if (why === undefined) return undefined;
  const other = entry.kind === 'counter' ? 'gauge' : 'counter';
  return {
    code: 'field-wrong',
    message: `${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`,
    fix: `Write \`${entry.name}: { ${other}: '${entry.selector.text}' }\`.`,
    found: entry.selector.text,
  };
}

/** A counter that is there but has no such labels yet counts 0; a gauge without samples has no value. */
function missing({ name, kind, selector, absent }: Entry, { instances }: Scrape): Problem | undefined {
  if (absent === 0) return undefined;
  const none = `Write \`${name}: { ${kind}: '${selector.text}', absent: 0 }\` if it only appears with its first use.`;
  if (!instances.some(({ page }) => isThere(page, selector.name))) {
    return {
      code: 'name-unknown',
      message: `The endpoint has no metric \`${selector.name}\`, which the series ${name} names.`,
      fix: `Correct the name. ${none}`,
      found: selector.name,
      expected: similarTo(selector.name, instances),
    };
  }
  if (kind === 'counter' || instances.some(({ page }) => select(selector, page.samples).size > 0))
    return undefined;
  return {
    code: 'name-unknown',
    message: `The endpoint has \`${selector.name}\`, but no sample that \`${selector.text}\` matches.`,
    fix: `Correct the label matchers. ${none}`,
    found: selector.text,
  };
}

const MOST_NAMES = 8;

/** The names that share most of their words with a wrong one. */
function similarTo(wrong: string, instances: Scrape['instances']): string {
  const words = new Set(wrong.split(/[_:]/));
  const shared = (name: string): number => name.split(/[_:]/).filter((word) => words.has(word)).length;
  const alike = (name: string): number => [...name].findIndex((letter, at) => letter !== wrong[at]);
  const names = new Set(instances.flatMap(({ page }) => page.samples.map((sample) => sample.name)));
  return [...names]
    .toSorted((a, b) => shared(b) - shared(a) || alike(b) - alike(a) || a.localeCompare(b))
    .slice(0, MOST_NAMES)
    .join(', ');
}
