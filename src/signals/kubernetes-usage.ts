import { z } from 'zod';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import type { KubernetesApi, World } from '../model/contracts/world.ts';
import { durationField } from '../model/fields.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { failureProblem } from '../reach/kubernetes/failure.ts';
import { kubectl } from '../reach/kubernetes/kubectl.ts';
import { pathOf, resources } from '../reach/kubernetes/paths.ts';
import { requireRights } from '../reach/kubernetes/rights.ts';
import { namespaceExists, namespaceField, selectorField, somePods } from './pods/selection.ts';
import { startPolling } from './poll.ts';
import { figureSeries } from './usage/figures.ts';
import { UsagePoller } from './usage/poller.ts';

const config = z.strictObject({
  selector: selectorField,
  every: durationField({ min: 0.5 }).describe('How often it is asked for; 1s unless told').optional(),
  namespace: namespaceField.optional(),
});

type Config = z.infer<typeof config>;

const DEFAULT_EVERY_S = 1;
/** The figures of pods that have just started come with their first window. */
const PATIENCE_S = 40;

/** What pods use of CPU and memory, and how near they are to their limits: what `kubectl top pods` shows. */
export const kubernetesUsage = defineSignal<Config>({
  kind: 'kubernetes.usage',
  summary:
    'CPU and memory of pods and their share of the limit, from metrics.k8s.io, as `kubectl top pods` shows them.',
  config,
  needs: ['list pods', 'list pods in metrics.k8s.io', 'a metrics server in the cluster'],
  example:
    'usage:\n  kubernetes.usage: { selector: app=poll-backend }   # usage.cpu_max_m.max, usage.memory_limit_percent.max',
  describe,
  check,
  start,
});

/** No interval: a point comes with each new window of the metrics server, 15 s and more, however often we ask. */
function describe(name: string): SignalDescriptor {
  const series = Object.entries(figureSeries).map(([one, { unit, summary }]) => ({
    name: one,
    family: 'gauge' as const,
    unit,
    summary,
  }));
  return { name, kind: 'kubernetes.usage', version: 1, series, derived: [] };
}

async function check(world: World, wanted: Config, signal: AbortSignal): Promise<Result<void>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const namespace = wanted.namespace ?? api.value.about.namespace;
  const there = await namespaceExists(api.value, namespace, signal);
  if (!there.ok) return there;
  const wantedRights = [resources.pods, resources.podMetrics].map((resource) => ({
    verb: 'list',
    resource,
    namespace,
  }));
  const allowed = await requireRights(api.value, wantedRights, signal);
  if (!allowed.ok) return allowed;
  const served = await isServed(api.value, namespace, signal);
  return served.ok ? somePods(api.value, { namespace, selector: wanted.selector }, signal) : served;
}

async function isServed(api: KubernetesApi, namespace: string, signal: AbortSignal): Promise<Result<void>> {
  const path = pathOf(resources.podMetrics, { namespace });
  const got = await api.request({ method: 'GET', path, query: { limit: '1' } }, signal);
  if (got.ok) return ok(undefined);
  if (got.problem.status === 404) return fail(noMetricsServer(api));
  return fail(failureProblem(api, got.problem, { doing: 'list what pods use', code: 'system-unreachable' }));
}

const noMetricsServer = (api: KubernetesApi): Problem => ({
  code: 'target-missing',
  message: `The cluster ${api.about.context} has no metrics.k8s.io: nothing tells it what pods use.`,
  fix: `Install a metrics server: \`${kubectl(api)} apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml\`; \`${kubectl(api)} top pods\` must work then.`,
});

async function start(context: SignalContext, wanted: Config): Promise<Result<RunningSignal>> {
  const api = context.world.kubernetes();
  if (!api.ok) return api;
  const { clock, sink } = context;
  const every_s = wanted.every ?? DEFAULT_EVERY_S;
  const namespace = wanted.namespace ?? api.value.about.namespace;
  const poller = new UsagePoller({
    api: api.value,
    clock,
    sink,
    namespace,
    selector: wanted.selector,
    every_s,
  });
  const started = await startPolling(context, {
    every_s,
    needed: 1,
    patience_s: PATIENCE_S,
    poll: (deadline_ms, signal) => poller.poll(deadline_ms, signal),
    lost: (since) => poller.lost(since),
  });
  if (started.ok) return started;
  return fail({
    code: 'signal-failed',
    message: `What the pods of ${wanted.selector} use could not be read within ${PATIENCE_S} s.`,
    fix: `Look at \`${kubectl(api.value, namespace)} top pods -l ${wanted.selector}\`.`,
    cause: started.problem,
  });
}
