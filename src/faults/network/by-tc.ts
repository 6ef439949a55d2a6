import type { Host } from '../../model/contracts/world.ts';
import { ok, type Result } from '../../model/result.ts';
import type { HostPlan } from '../hosts/fault.ts';
import type { Preflight } from '../hosts/preflight.ts';
import { hostText } from '../hosts/text.ts';
import { attemptsFor } from './attempts.ts';
import { type Control, controlOf } from './controller.ts';
import { flowsOf, waysOf } from './flow.ts';
import { byInterface, classifierOf, free } from './interfaces.ts';
import { allowed } from './local.ts';
import { type Devices, lookAtDevices, lookAtWays, type Routed, type Ways } from './look.ts';
import type { Traffic } from './params.ts';
import { pingsFor } from './pings.ts';
import { tcScripts } from './scripts-of.ts';
import { egressOf, ingressOf, type Shape } from './tc.ts';

/** What is known of the host before netem is hung anywhere. */
export interface LookedByTc extends Ways, Devices {}

/** Looks at the ways to the peers, and at the interfaces on them. */
export async function lookForTc(
  host: Host,
  given: Traffic,
  signal: AbortSignal,
): Promise<Result<LookedByTc>> {
  const ways = await lookAtWays(host, given.to, signal);
  if (!ways.ok) return ways;
  const { interface: written } = given;
  const named = ways.value.peers.flatMap(({ device }) => device ?? []);
  const devices = await lookAtDevices(host, written === undefined ? [...new Set(named)] : [written], signal);
  return devices.ok ? ok({ ...ways.value, ...devices.value }) : devices;
}

/** As ping(8) has it unless told. */
export const PING_BYTES = 56;

/** What netem is to do, and how that is told. */
export interface Netem {
  fault: string;
  /** Its arguments: `delay 500000us`. */
  netem: string;
  /** In words, for the proof: `delayed by 500ms`. */
  what: string;
  seen: Seen;
}

/** How its effect is seen: by what is dropped, or by the time that a ping of a peer takes. */
export type Seen =
  | { by: 'drops' /** In percent. */; loss: number }
  | {
      by: 'time';
      /** The least, and the most without other traffic, that a ping takes one way, in seconds. */
      least_s: number;
      most_s: number;
      /** Of a ping, without headers. */
      bytes: number;
    };

export interface WantedByTc {
  params: Traffic;
  host: Preflight;
  looked: LookedByTc;
}

/** Refuses, or hangs netem under our own qdiscs on each interface that the traffic takes. */
export function planByTc({ params, host, looked }: WantedByTc, netem: Netem): Result<HostPlan> {
  const may = allowed(params, { host, peers: looked.peers });
  if (!may.ok) return may;
  const split = byInterface(looked.peers, { written: params.interface, host: host.name });
  if (!split.ok) return split;
  const ways = waysOf(params);
  const is = free({ host: host.name, fault: netem.fault, devices: [...split.value.keys()], ways }, looked);
  if (!is.ok) return is;
  const control = controlOf(params, host);
  const common = { ways, netem: netem.netem, by: classifierOf(looked) };
  const shapes = [...split.value].map(([device, peers], index) => ({
    ...common,
    device,
    index,
    flows: flowsOf(params, withoutDevice(peers)),
    ...(control.kept === undefined ? {} : { kept: control.kept }),
  }));
  return ok({ ...planOf(shapes, netem), ...said(control, looked) });
}

const withoutDevice = (peers: readonly Routed[]) => peers.map(({ device: _device, ...peer }) => peer);

export const said = (control: Control, { names }: Ways): Pick<HostPlan, 'notes' | 'cutsControlPath'> => ({
  notes: [...names, ...(control.note === undefined ? [] : [control.note])],
  cutsControlPath: control.cuts,
});

function planOf(shapes: readonly Shape[], { what, seen }: Netem): HostPlan {
  const lines = shapes.map((shape) => ({
    ...shape,
    out: shape.ways.includes('out') ? egressOf(shape) : [],
    back: shape.ways.includes('in') ? ingressOf(shape) : [],
  }));
  const where = lines.map(({ device }) => device).join(', ');
  const marks = lines.flatMap(({ device, out, back }) => [device, mark(out), mark(back)]);
  return {
    inject: hostText(
      tcScripts.inject,
      lines.flatMap(({ device, out, back }) => [device, out.join('\n'), back.join('\n')]),
    ),
    undo: hostText(tcScripts.undo, marks),
    probe: hostText(tcScripts.probe, [`${what} on ${where}`, ...proofOf(shapes, seen), ...marks]),
    does: lines.flatMap(({ index, out, back }) => [
      ...out.map(shown),
      ...(back.length === 0
        ? []
        : [`ip link add ${ifbShown(index)} type ifb`, `ip link set ${ifbShown(index)} up`]),
      ...back.map(shown),
    ]),
    undoes: lines.flatMap(({ device, index, out, back }) => [
      ...(out.length === 0 ? [] : [shown(`qdisc del dev ${device} root handle af@h@:`)]),
      ...(back.length === 0 ? [] : [`tc qdisc del dev ${device} ingress`, `ip link del ${ifbShown(index)}`]),
    ]),
  };
}

/** So long an answer is waited for at most, all attempts together, in seconds; a probe is given 14 s (`keep.ts`). */
const PATIENCE_S = 8;
/** Of the time that a ping must take: clocks differ, and are corrected while they run. */
const SLACK = 0.05;
const MICROS = 1e6;

/** What the probe is told: how it is seen, pings, bytes, patience, how many words of attempts follow, and these. */
function proofOf(shapes: readonly Shape[], seen: Seen): string[] {
  const all = attemptsFor(
    shapes.flatMap(({ flows }) => flows),
    shapes[0]?.ways ?? [],
  );
  const words = (how: readonly (string | number)[], attempts = all): string[] => [
    ...how.map(String),
    String(attempts.flat().length),
    ...attempts.flat(),
  ];
  if (seen.by === 'drops') return words(['dropped', pingsFor(seen.loss, all), PING_BYTES, 1]);
  const passes = shapes[0]?.ways.length ?? 1;
  const least = Math.round(seen.least_s * passes * (1 - SLACK) * MICROS);
  const waited = Math.ceil(seen.most_s * passes) + 1;
  const patience = waited > PATIENCE_S ? 1 : waited;
  return words([least, 1, seen.bytes, patience], all.slice(0, Math.floor(PATIENCE_S / patience)));
}

const mark = (lines: readonly string[]): string => (lines.length === 0 ? '' : 'yes');

/** As a person would write it; `$h` is the first two digits of `$tag`. */
const shown = (line: string): string => `tc ${line.replaceAll('@tag@', '$tag').replaceAll('@h@', '$h')}`;
const ifbShown = (index: number): string => `af5-$tag-${index}`;
