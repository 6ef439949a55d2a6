import { z } from 'zod';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import type { KubernetesApi, World } from '../model/contracts/world.ts';
import { fail, ok, type Result } from '../model/result.ts';
import type { SignalDescriptor } from '../model/series.ts';
import { failureProblem } from '../reach/kubernetes/failure.ts';
import { objectAt } from '../reach/kubernetes/fields.ts';
import { kubectl } from '../reach/kubernetes/kubectl.ts';
import { pathOf, resources } from '../reach/kubernetes/paths.ts';
import { requireRights } from '../reach/kubernetes/rights.ts';
import { selectorText } from '../reach/kubernetes/selector.ts';
import { gauges, PodBook } from './pods/book.ts';
import { transitionTypes } from './pods/changes.ts';
import { namespaceExists, namespaceField, selectorField, somePods } from './pods/selection.ts';
import { startWatcher } from './watch/start.ts';

const config = z
  .strictObject({
    selector: selectorField.optional(),
    deployment: z.string().min(1).describe('Pods that the selector of this deployment matches').optional(),
    namespace: namespaceField.optional(),
  })
  .refine(
    (given) => given.selector === undefined || given.deployment === undefined,
    'write selector or deployment, not both',
  );

type Config = z.infer<typeof config>;

const gaugeSummaries = {
  ready: 'pods that are ready and not being deleted, as a replica set counts them',
  running: 'pods in phase Running and not being deleted',
  pending: 'pods in phase Pending and not being deleted',
  terminating: 'pods that are being deleted',
} as const;

/** What happens to pods, seen by a watch: every transition that the API sends, however short. */
export const kubernetesPods = defineSignal<Config>({
  kind: 'kubernetes.pods',
  summary: 'Pods of a namespace: how many are ready, and everything that happens to them.',
  config,
  needs: ['get, list and watch pods', 'get the deployment, where one is named'],
  example: 'backends:\n  kubernetes.pods: { selector: app=poll-backend }',
  describe,
  check,
  start,
});

function describe(name: string): SignalDescriptor {
  return {
    name,
    kind: 'kubernetes.pods',
    version: 1,
    series: [
      ...gauges.map((gauge) => ({
        name: gauge,
        family: 'gauge' as const,
        unit: '1',
        summary: gaugeSummaries[gauge],
      })),
      {
        name: 'transitions',
        family: 'events',
        types: transitionTypes,
        summary: 'what happened to each pod and container, ContainerCreating of 100 ms included',
      },
    ],
    derived: [
      {
        by: 'kubernetes-pods',
        measure: 'replaced_after_s',
        type: 'number',
        unit: 's',
        summary: 'until as many new pods were ready as had gone',
      },
      {
        by: 'kubernetes-pods',
        measure: 'all_gone_after_s',
        type: 'number',
        unit: 's',
        summary: 'until none of the pods that were there before the fault was left',
      },
    ],
  };
}

/** A selector that matches nothing now is allowed: pods may come later. */
async function check(world: World, wanted: Config, signal: AbortSignal): Promise<Result<void>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const namespace = wanted.namespace ?? api.value.about.namespace;
  const there = await namespaceExists(api.value, namespace, signal);
  if (!there.ok) return there;
  const rights = ['get', 'list', 'watch'].map((verb) => ({ verb, resource: resources.pods, namespace }));
  const allowed = await requireRights(api.value, rights, signal);
  if (!allowed.ok) return allowed;
  const selector = await selectorOf(api.value, wanted, signal);
  return selector.ok ? somePods(api.value, { namespace, selector: selector.value }, signal) : selector;
}

async function selectorOf(
  api: KubernetesApi,
  wanted: Config,
  signal: AbortSignal,
): Promise<Result<string | undefined>> {
  if (wanted.deployment === undefined) return ok(wanted.selector);
  const namespace = wanted.namespace ?? api.about.namespace;
  const path = pathOf(resources.deployments, { namespace, name: wanted.deployment });
  const got = await api.request({ method: 'GET', path }, signal);
  if (got.ok) return ok(selectorText(objectAt(got.value, 'spec', 'selector')));
  if (got.problem.status !== 404) {
    const was = { doing: `read deployment/${wanted.deployment}`, code: 'system-unreachable' } as const;
    return fail(failureProblem(api, got.problem, was));
  }
  return fail({
    code: 'target-missing',
    message: `There is no deployment \`${wanted.deployment}\` in namespace ${namespace}.`,
    fix: `Use a name that \`${kubectl(api, namespace)} get deployments\` shows.`,
    found: wanted.deployment,
  });
}

async function start(context: SignalContext, wanted: Config): Promise<Result<RunningSignal>> {
  const api = context.world.kubernetes();
  if (!api.ok) return api;
  const selector = await selectorOf(api.value, wanted, context.signal);
  if (!selector.ok) return selector;
  return startWatcher(context, {
    api: api.value,
    what: 'pods',
    book: new PodBook(context.sink),
    path: pathOf(resources.pods, { namespace: wanted.namespace ?? api.value.about.namespace }),
    query: selector.value === undefined ? {} : { labelSelector: selector.value },
  });
}
