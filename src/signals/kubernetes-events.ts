import { z } from 'zod';
import { defineSignal, type RunningSignal, type SignalContext } from '../model/contracts/signal.ts';
import type { World } from '../model/contracts/world.ts';
import type { Result } from '../model/result.ts';
import type { DerivedDescriptor, SignalDescriptor } from '../model/series.ts';
import { pathOf, resources } from '../reach/kubernetes/paths.ts';
import { requireRights } from '../reach/kubernetes/rights.ts';
import { EventBook } from './events/book.ts';
import { knownReasons, OTHER_REASON } from './events/reasons.ts';
import type { EventView } from './events/view.ts';
import { namespaceExists, namespaceField } from './pods/selection.ts';
import { startWatcher } from './watch/start.ts';

const config = z.strictObject({
  kind: z
    .string()
    .regex(/^[A-Z][A-Za-z]*$/, 'must be a kind such as Pod, Deployment or Node')
    .optional()
    .describe('Only what happened to objects of this kind: Pod, Deployment, Node'),
  name: z.string().min(1).describe('Only what happened to objects whose name begins so').optional(),
  types: z
    .array(z.enum(['Normal', 'Warning']))
    .min(1)
    .describe('Normal, Warning; both unless told')
    .optional(),
  reasons: z
    .array(z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'a reason is one word, such as CertificateExpired'))
    .min(1)
    .describe('Reasons of controllers of your own, to be told apart beside the well-known ones')
    .optional(),
  namespace: namespaceField.optional(),
});

type Config = z.infer<typeof config>;

/** What Kubernetes' own parts report: Events, each new occurrence. */
export const kubernetesEvents = defineSignal<Config>({
  kind: 'kubernetes.events',
  summary: 'Events of a namespace, as `kubectl get events` shows them: each new occurrence, by reason.',
  config,
  needs: ['list and watch events'],
  example:
    'cluster:\n  kubernetes.events: { name: poll-backend }   # cluster.events.BackOff.count, cluster.warnings.count',
  describe,
  check,
  start,
});

const reasonsOf = ({ reasons = [] }: Config): string[] => [...new Set([...knownReasons, ...reasons])];

function describe(name: string, wanted: Config): SignalDescriptor {
  return {
    name,
    kind: 'kubernetes.events',
    version: 1,
    series: [
      {
        name: 'events',
        family: 'events',
        types: [...reasonsOf(wanted), OTHER_REASON],
        summary: 'each new occurrence of an event, by its reason; one that is not listed is `other`',
      },
    ],
    derived: [
      warnings('count', { unit: '1', summary: 'occurrences of type Warning, whatever their reason' }),
      warnings('first_after_s', { unit: 's', summary: 'until the first occurrence of type Warning' }),
    ],
  };
}

const warnings = (measure: string, of: { unit: string; summary: string }): DerivedDescriptor => ({
  by: 'kubernetes-events',
  series: 'warnings',
  measure,
  type: 'number',
  ...of,
});

async function check(world: World, wanted: Config, signal: AbortSignal): Promise<Result<void>> {
  const api = world.kubernetes();
  if (!api.ok) return api;
  const namespace = wanted.namespace ?? api.value.about.namespace;
  const there = await namespaceExists(api.value, namespace, signal);
  if (!there.ok) return there;
  const rights = ['list', 'watch'].map((verb) => ({ verb, resource: resources.events, namespace }));
  return requireRights(api.value, rights, signal);
}

async function start(context: SignalContext, wanted: Config): Promise<Result<RunningSignal>> {
  const api = context.world.kubernetes();
  if (!api.ok) return api;
  const reasons = new Set(reasonsOf(wanted));
  return startWatcher(context, {
    api: api.value,
    what: 'events',
    book: new EventBook(context.sink, { reasons, matches: (event) => matches(event, wanted) }),
    path: pathOf(resources.events, { namespace: wanted.namespace ?? api.value.about.namespace }),
    query: queryOf(wanted),
  });
}

/** What the API can filter by itself; it knows no prefixes and no alternatives. */
function queryOf({ kind, types = [] }: Config): Record<string, string> {
  const fields = [
    ...(kind === undefined ? [] : [`involvedObject.kind=${kind}`]),
    ...(types.length === 1 ? [`type=${types[0]}`] : []),
  ];
  return fields.length === 0 ? {} : { fieldSelector: fields.join(',') };
}

const matches = (event: EventView, { name, types }: Config): boolean =>
  event.name.startsWith(name ?? '') && (types === undefined || types.some((type) => type === event.type));
