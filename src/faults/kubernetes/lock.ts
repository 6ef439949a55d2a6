import type { Leftover, LockHolder } from '../../model/contracts/fault.ts';
import type { ApiFailure, KubernetesApi } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { sleep } from '../../reach/clock.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { numberAt, textAt, timeAt, uidOf, versionOf } from '../../reach/kubernetes/fields.ts';
import { pathOf, resources } from '../../reach/kubernetes/paths.ts';
import { rightsProblem } from '../../reach/kubernetes/rights.ts';
import { done } from './common.ts';

const NAME = 'aftershock';
/** The Date header tells whole seconds, and an answer takes a while: a lock counts as held this much longer. */
const DOUBT_S = 2;
const TRIES = 6;
const PAUSE_MS = 100;

const at = (namespace: string, name?: string): string =>
  pathOf(resources.leases, { namespace, ...(name === undefined ? {} : { name }) });

/**
 * Takes the Lease `aftershock` of our namespace. Times in it are the API server's, so that machines whose clocks
 * disagree read it alike; two takers at once are told apart by the resourceVersion.
 */
export async function takeLock(
  api: KubernetesApi,
  holder: LockHolder,
  signal: AbortSignal,
): Promise<Result<void>> {
  return attempt(api, signal, async (lease) => {
    if (lease === undefined) return write(api, { holder, lease }, signal);
    const other = holderOf(lease);
    const free = other === undefined || other === holder.run || !isFresh(api, lease);
    return free ? write(api, { holder, lease }, signal) : ok(lockedBy(api, lease));
  });
}

export async function renewLock(
  api: KubernetesApi,
  holder: LockHolder,
  signal: AbortSignal,
): Promise<Result<void>> {
  return attempt(api, signal, async (lease) =>
    lease !== undefined && holderOf(lease) === holder.run
      ? write(api, { holder, lease }, signal)
      : ok(lockedBy(api, lease)),
  );
}

/** Deletes the Lease where it is ours: nothing is left behind. */
export async function giveLock(
  api: KubernetesApi,
  holder: LockHolder,
  signal: AbortSignal,
): Promise<Result<void>> {
  return attempt(api, signal, async (lease) => {
    if (lease === undefined || holderOf(lease) !== holder.run) return ok(undefined);
    const preconditions = { uid: uidOf(lease), resourceVersion: versionOf(lease) };
    const body: JsonObject = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
    const deleted = await api.request(
      { method: 'DELETE', path: at(api.about.namespace, NAME), body },
      signal,
    );
    return deleted.ok || deleted.problem.status === 404 ? ok(undefined) : deleted;
  });
}

/** The lock of a namespace where a run holds it now and renewed it in time: how long ago, and until when it counts. */
export async function heldLock(
  api: KubernetesApi,
  of: { namespace: string; run: string },
  signal: AbortSignal,
): Promise<Result<Leftover['lock'], ApiFailure>> {
  const lease = await api.request({ method: 'GET', path: at(of.namespace, NAME) }, signal);
  if (!lease.ok) return lease.problem.status === 404 ? ok(undefined) : lease;
  if (holderOf(lease.value) !== of.run || !isFresh(api, lease.value)) return ok(undefined);
  const now_s = api.serverTime() / 1_000;
  const renewed_s = timeAt(lease.value, 'spec', 'renewTime') ?? 0;
  return ok({ renewedAgo_s: Math.max(0, now_s - renewed_s), freeIn_s: freeAt(lease.value) - now_s });
}

type Step = (lease: JsonObject | undefined) => Promise<Result<Problem | undefined, ApiFailure>>;

/** Reads the lease and does one step with it; again where somebody else was faster or the outcome is uncertain. */
async function attempt(api: KubernetesApi, signal: AbortSignal, step: Step): Promise<Result<void>> {
  let failure: ApiFailure | undefined;
  for (let tries = 0; tries < TRIES && !signal.aborted; tries += 1) {
    if (tries > 0) await sleep(PAUSE_MS * tries, signal);
    const lease = await api.request({ method: 'GET', path: at(api.about.namespace, NAME) }, signal);
    if (!lease.ok && lease.problem.status !== 404) return fail(trouble(api, lease.problem));
    const stepped = await step(lease.ok ? lease.value : undefined);
    if (stepped.ok) return stepped.value === undefined ? done : fail(stepped.value);
    failure = stepped.problem;
    if (failure.status !== 409 && !failure.uncertain) return fail(trouble(api, failure));
  }
  return fail(trouble(api, failure ?? cancelled));
}

async function write(
  api: KubernetesApi,
  what: { holder: LockHolder; lease: JsonObject | undefined },
  signal: AbortSignal,
): Promise<Result<undefined, ApiFailure>> {
  const { holder, lease } = what;
  const { namespace } = api.about;
  const same = holderOf(lease) === holder.run;
  const now = microTime(api.serverTime());
  const metadata: JsonObject = { name: NAME, namespace };
  if (lease !== undefined) metadata['resourceVersion'] = versionOf(lease);
  const body: JsonObject = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata,
    spec: {
      holderIdentity: holder.run,
      leaseDurationSeconds: Math.max(1, Math.ceil(holder.lease_s)),
      acquireTime: same ? (textAt(lease, 'spec', 'acquireTime') ?? now) : now,
      renewTime: now,
      leaseTransitions: (numberAt(lease, 'spec', 'leaseTransitions') ?? 0) + (same ? 0 : 1),
    },
  };
  const written =
    lease === undefined
      ? await api.request({ method: 'POST', path: at(namespace), body }, signal)
      : await api.request({ method: 'PUT', path: at(namespace, NAME), body }, signal);
  return written.ok ? ok(undefined) : written;
}

/** The API takes exactly six digits after the point. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

function holderOf(lease: JsonObject | undefined): string | undefined {
  return textAt(lease, 'spec', 'holderIdentity') || undefined;
}

function isFresh(api: KubernetesApi, lease: JsonObject): boolean {
  return api.serverTime() / 1_000 < freeAt(lease);
}

/** When a lock counts as given up, in seconds since 1970. */
function freeAt(lease: JsonObject): number {
  const renewed = timeAt(lease, 'spec', 'renewTime') ?? 0;
  return renewed + (numberAt(lease, 'spec', 'leaseDurationSeconds') ?? 0) + DOUBT_S;
}

function lockedBy(api: KubernetesApi, lease: JsonObject | undefined): Problem {
  const { context, namespace } = api.about;
  const run = holderOf(lease);
  if (run === undefined) {
    return {
      code: 'locked',
      message: `The lock of namespace ${namespace} (context ${context}) is not ours any more: it was given back or deleted.`,
      fix: 'Start the run again; `aftershock heal` undoes what it left behind.',
    };
  }
  return {
    code: 'locked',
    message: `The run ${run} is breaking namespace ${namespace} (context ${context}) now; it renewed its lock at ${textAt(lease, 'spec', 'renewTime') ?? 'an unknown time'}.`,
    fix: `Wait for it, or end it with \`aftershock stop ${run}\` where it was started. A run that is gone loses the lock after ${numberAt(lease, 'spec', 'leaseDurationSeconds') ?? 0} s.`,
  };
}

function trouble(api: KubernetesApi, failure: ApiFailure): Problem {
  const { namespace } = api.about;
  if (failure.status === 403 || failure.status === 404 || failure.status === 405) {
    const verbs = ['get', 'create', 'update', 'delete'];
    const problem = rightsProblem(
      api,
      verbs.map((verb) => ({ verb, resource: resources.leases, namespace })),
    );
    const message = `The lock of namespace ${namespace} cannot be kept: the API does not let us use Leases there.`;
    return { ...problem, message, cause: `HTTP ${failure.status} ${failure.reason}: ${failure.text}` };
  }
  return failureProblem(api, failure, {
    doing: `use the lock of namespace ${namespace}`,
    code: 'system-unreachable',
  });
}

const cancelled: ApiFailure = {
  status: 0,
  reason: 'aborted',
  text: 'the call was cancelled',
  uncertain: false,
};
