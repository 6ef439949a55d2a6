import { z } from 'zod';
import { type AnyFault, defineFault, type Fault, type Prepared } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import type { HostUse } from '../../model/experiment.ts';
import type { Injection, Target, UndoKind } from '../../model/injection.ts';
import type { JsonObject } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';
import { actKept, armKept, disarmKept, type Kept, probeKept, renewKept, undoKept } from './keep.ts';
import { type Preflight, preflight, undoneAtBoot } from './preflight.ts';
import { theHost } from './target.ts';
import type { HostText } from './text.ts';

export type HostKind = HostUse['kind'];

/** What a fault does to one target on a host: complete scripts, and the same in words. */
export interface HostPlan {
  /** Ends within 10 s; what takes longer is work of a worker. Exit codes: `keep.ts`. */
  inject: HostText;
  /** Idempotent; tolerates a half-done inject, a record that is lost, a full disk. */
  undo: HostText;
  /** Prints `yes|no|unsure EVIDENCE`, by `$mode`: is the `effect` visible, is the target as before (`recovered`). */
  probe: HostText;
  /** Exact commands, for people. */
  does: string[];
  undoes: string[];
  notes?: string[];
  /** It can cut our own way to the host: its lease is its deadline. */
  cutsControlPath?: boolean;
}

/** What the page of a fault says besides what its plan shows. */
export interface HostPage {
  /** What happens on the host, in words; Markdown. */
  does: string;
  /** How its effect is proven, by which measurement. */
  proof: string;
  /** The equivalent command of ChaosBlade, and what differs. */
  blade?: string;
  notes?: readonly string[];
  /** Its plan says in words what programs of ours do. */
  inWords?: true;
}

/** What is known when a fault on a host is planned; `looked` is what its `look` found. */
export interface Wanted<P, L> {
  target: Target;
  params: P;
  host: Preflight;
  looked: L;
}

/**
 * A fault on a host: a pure function from parameters to scripts. Everything else (record, watchdog, lease, proof,
 * boot) is the same for all, and is added by `hostFault`.
 */
export interface HostFault<P extends JsonObject, S extends { host: string | string[] }, L = undefined> {
  name: string;
  summary: string;
  duration: 'held' | 'instant';
  undoKind: UndoKind;
  irreversible?(params: P): boolean;
  params: z.ZodType<P>;
  target: z.ZodType<S>;
  example: string;
  page: HostPage;
  /** The kinds of host on which it can be done; why not, where that is not plain. */
  kinds: readonly HostKind[];
  why?: Partial<Record<HostKind, string>>;
  /** Whether it needs root there (or `sudo` without a password). */
  root: boolean;
  /** Who can do it where that does not take root; the user whom its target belongs to unless told. */
  user?: string;
  /** The programs that it needs there, besides those that every host fault needs. */
  tools(params: P): readonly string[];
  /** Whether a reboot of the host would leave it as it is. */
  lasting?(params: P, looked: L): boolean;
  /** The host itself unless told. */
  resolve?: Fault<P, S>['resolve'];
  /** Reads what the plan must know of the host. */
  look?(
    host: Host,
    wanted: { target: Target; params: P; host: Preflight },
    signal: AbortSignal,
  ): Promise<Result<L>>;
  /** What its page plans the example with, where there is a `resolve` or a `look`: what a host could have answered. */
  shown?: { detail?: JsonObject; looked?: L };
  /** Pure. */
  plan(wanted: Wanted<P, L>): Result<HostPlan>;
}

const hostName = z.string().trim().min(1);

/** `target:` of a fault on a whole host. */
export const wholeHost = z.strictObject({
  host: z
    .union([hostName, z.array(hostName).min(1)], 'must be the name of a host, or a list of names')
    .describe('A host of the system file, or a list of them to `pick` from'),
});
export type WholeHost = z.infer<typeof wholeHost>;

const text = z.strictObject({ script: z.string(), args: z.array(z.string()) });

/** What stands in `Injection.undo`. */
const keptSchema = z.object({
  inject: text,
  undo: text,
  probe: text,
  lasting: z.boolean(),
}) satisfies z.ZodType<Kept>;

const GUARANTEE =
  'A watchdog on the host undoes it at the latest when its lease has run out, whatever becomes of this run, its machine or the network; `aftershock heal --host NAME` does it now, from any machine.';
const GUARANTEE_LASTING = `${GUARANTEE} What a reboot would leave is undone by a unit at boot.`;

/** Pages of the faults on hosts, by name: what the generated docs say beyond the catalogue. */
export interface HostFaultFacts {
  page: HostPage;
  kinds: readonly HostKind[];
  why: Partial<Record<HostKind, string>>;
  root: boolean;
  /** Programs that it needs with these parameters, parsed by its schema. */
  tools(params: JsonObject): readonly string[];
  lasting(params: JsonObject): boolean;
  /** What it would do on a made-up host; undefined where that takes a host and the fault shows none. */
  shown(entry: { host: string; params: JsonObject }): HostPlan | undefined;
}

const facts = new WeakMap<AnyFault, HostFaultFacts>();

/** What is special about a fault on hosts; undefined for any other. */
export const hostFacts = (fault: AnyFault): HostFaultFacts | undefined => facts.get(fault);

/** Makes a fault of the catalogue from what it does on a host. */
export function hostFault<P extends JsonObject, S extends { host: string | string[] }, L = undefined>(
  given: HostFault<P, S, L>,
): AnyFault {
  const fault = defineFault<P, S>({
    name: given.name,
    summary: given.summary,
    duration: given.duration,
    undoKind: given.undoKind,
    ...(given.irreversible === undefined ? {} : { irreversible: given.irreversible }),
    guarantee: given.lasting === undefined ? GUARANTEE : GUARANTEE_LASTING,
    params: given.params,
    target: given.target,
    needs: needsOf(given),
    example: given.example,
    resolve: given.resolve ?? ((world, { target }, signal) => theHost(world, target, signal)),
    prepare: (world, wanted, signal) => prepare(given, world, { ...wanted, signal }),
    arm: (world, injection, signal) => step(world, injection, (host, kept) => armKept(host, kept, signal)),
    act: (world, injection, signal) => step(world, injection, (host) => actKept(host, injection, signal)),
    effect: (world, injection, signal) => look(world, { injection, mode: 'effect' }, signal),
    renew: (world, injection, signal) => step(world, injection, (host) => renewKept(host, injection, signal)),
    undo: (world, injection, signal) => step(world, injection, (host, kept) => undoKept(host, kept, signal)),
    recovered: (world, injection, signal) => look(world, { injection, mode: 'recovered' }, signal),
    disarm: (world, injection, signal) =>
      step(world, injection, (host) => disarmKept(host, injection, signal)),
  });
  const { page, kinds, why = {}, root } = given;
  facts.set(fault, {
    page,
    kinds,
    why,
    root,
    // Whoever asks has parsed the parameters by the fault's own schema.
    tools: (params) => given.tools(params as P),
    lasting: (params) => given.lasting?.(params as P, given.shown?.looked as L) === true,
    shown: ({ host, params }) => shownPlan(given, { host, params: params as P }),
  });
  return fault;
}

function shownPlan<P extends JsonObject, S extends { host: string | string[] }, L>(
  { kinds, resolve, look, shown, plan }: HostFault<P, S, L>,
  { host, params }: { host: string; params: P },
): HostPlan | undefined {
  if (shown === undefined && (resolve !== undefined || look !== undefined)) return undefined;
  const [kind = 'ssh'] = kinds;
  const detail = { ...shown?.detail, host };
  const planned = plan({
    target: { kind: 'host', name: `host ${host}`, id: `shown/${host}`, detail },
    params,
    host: { name: host, kind, uid: 0, boot: 'shown', machine: 'shown', init: 'systemd', peer: shownPeer },
    looked: shown?.looked as L,
  });
  return planned.ok ? planned.value : undefined;
}

/** Addresses that RFC 5737 keeps for documentation. */
const shownPeer = { client: '192.0.2.10', clientPort: 50_022, server: '192.0.2.20', serverPort: 22 };

function needsOf<P extends JsonObject, S extends { host: string | string[] }, L>(
  given: HostFault<P, S, L>,
): readonly string[] {
  const { root, kinds, lasting } = given;
  return [
    'Linux',
    `a host of kind ${kinds.join(', ')}`,
    root
      ? 'root there, or sudo without a password'
      : (given.user ?? 'root there, or the user whom its target belongs to'),
    ...(lasting === undefined ? [] : ['systemd there, for what must be undone at boot']),
  ];
}

async function prepare<P extends JsonObject, S extends { host: string | string[] }, L>(
  given: HostFault<P, S, L>,
  world: World,
  { target, params, signal }: { target: Target; params: P; signal: AbortSignal },
): Promise<Result<Prepared>> {
  const host = world.host(hostNameOf(target));
  if (!host.ok) return host;
  const { name, kinds, why = {}, root } = given;
  const needs = { name, kinds, why, root, tools: given.tools(params) };
  const flight = await preflight(host.value, needs, signal);
  if (!flight.ok) return flight;
  const wanted = { target, params, host: flight.value };
  const looked = given.look === undefined ? undefined : await given.look(host.value, wanted, signal);
  if (looked?.ok === false) return looked;
  // A fault without `look` has no type for what it found.
  const found = looked?.value as L;
  const lasting = given.lasting?.(params, found) === true;
  const atBoot = lasting ? undoneAtBoot(host.value, needs, flight.value) : ok(undefined);
  if (!atBoot.ok) return atBoot;
  const planned = given.plan({ ...wanted, looked: found });
  if (!planned.ok) return planned;
  const { inject, undo, probe, does, undoes, notes, cutsControlPath } = planned.value;
  return ok({
    does,
    undoes,
    undo: { inject, undo, probe, lasting },
    guarantee: lasting ? GUARANTEE_LASTING : GUARANTEE,
    ...(notes === undefined ? {} : { notes }),
    ...(cutsControlPath === undefined ? {} : { cutsControlPath }),
  });
}

const targetHost = z.object({ host: z.string() });
const hostNameOf = ({ detail }: Target): string => targetHost.parse(detail).host;

/** Runs a step on the target's host; where there is none by that name, its Problem. */
async function step(
  world: World,
  injection: Injection,
  run: (host: Host, kept: { injection: Injection; kept: Kept }) => Promise<Result<void>>,
): Promise<Result<void>> {
  const host = world.host(hostNameOf(injection.target));
  return host.ok ? run(host.value, { injection, kept: keptSchema.parse(injection.undo) }) : host;
}

async function look(
  world: World,
  { injection, mode }: { injection: Injection; mode: 'effect' | 'recovered' },
  signal: AbortSignal,
): ReturnType<AnyFault['effect']> {
  const host = world.host(hostNameOf(injection.target));
  if (!host.ok) return { is: 'unsure', evidence: host.problem.message };
  return probeKept(host.value, { injection, kept: keptSchema.parse(injection.undo), mode }, signal);
}
