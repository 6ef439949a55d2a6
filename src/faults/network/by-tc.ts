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

/** What netem is to do, and how that is told. */
export interface Netem {
  fault: string;
  /** Its arguments: `delay 500000us`. */
  netem: string;
  /** In words, for the proof: `delayed by 500ms`. */
  what: string;
  pings: number;
}

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

function planOf(shapes: readonly Shape[], { what, pings }: Netem): HostPlan {
  const lines = shapes.map((shape) => ({
    ...shape,
    out: shape.ways.includes('out') ? egressOf(shape) : [],
    back: shape.ways.includes('in') ? ingressOf(shape) : [],
  }));
  const where = lines.map(({ device }) => device).join(', ');
  const attempts = shapes.flatMap(({ flows, ways }) => attemptsFor(flows, ways));
  const marks = lines.flatMap(({ device, out, back }) => [device, mark(out), mark(back)]);
  return {
    inject: hostText(
      tcScripts.inject,
      lines.flatMap(({ device, out, back }) => [device, out.join('\n'), back.join('\n')]),
    ),
    undo: hostText(tcScripts.undo, marks),
    probe: hostText(tcScripts.probe, [
      `${what} on ${where}`,
      String(pings),
      String(attempts.length),
      ...attempts,
      ...marks,
    ]),
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

const mark = (lines: readonly string[]): string => (lines.length === 0 ? '' : 'yes');

/** As a person would write it; `$h` is the first two digits of `$tag`. */
const shown = (line: string): string => `tc ${line.replaceAll('@tag@', '$tag').replaceAll('@h@', '$h')}`;
const ifbShown = (index: number): string => `af5-$tag-${index}`;
