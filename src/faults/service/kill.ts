import { z } from 'zod';
import { ok, type Result } from '../../model/result.ts';
import { type HostPlan, hostFault, type Wanted } from '../hosts/fault.ts';
import { hostText } from '../hosts/text.ts';
import { signals } from '../process/kill-params.ts';
import { carries, isRestarted, onMachines, suitable } from './suitable.ts';
import {
  findUnit,
  lookAtUnit,
  plainUnit,
  type ServiceTarget,
  serviceFile,
  serviceTarget,
  type Unit,
  unitOf,
  unitScript,
} from './unit.ts';

const scripts = {
  inject: serviceFile('kill.sh'),
  undo: unitScript('back.sh'),
  probe: unitScript('killed.sh'),
};

/** A service may take this long to end by our signal, in seconds; what runs longer has outlived it. */
const PATIENCE_S = 30;

const params = z.strictObject({
  signal: z.enum(signals).describe('KILL unless told').exactOptional(),
  processes: z
    .enum(['all', 'main'])
    .describe('Who gets it: all processes of the service, or the main one; all unless told')
    .exactOptional(),
});
type Params = z.infer<typeof params>;

export const serviceKill = hostFault<Params, ServiceTarget, Unit>({
  name: 'service.kill',
  summary:
    'Kills the processes of a service; systemd starts it again where its Restart= says so, else we do.',
  duration: 'instant',
  undoKind: 'restores',
  params,
  target: serviceTarget,
  example: [
    '- id: crash',
    '  fault: service.kill',
    '  target: { host: web1, unit: nginx }',
    '  with: { signal: KILL }',
  ].join('\n'),
  page: {
    does: 'Sends the signal to all processes of the unit, or to its main one. The plan says who starts it again: systemd by `Restart=` of the unit, or we by `systemctl start`.',
    proof:
      'The main process (number and start) is gone; then the unit is active with another main process, and no job is waiting.',
    blade: '`blade create process kill --process nginx --signal 9`; nobody starts it again there.',
    notes: [
      'HUP, INT, TERM and PIPE are a clean end for systemd: `Restart=on-failure` does not start it again after them.',
    ],
  },
  ...onMachines,
  tools: () => ['systemctl', 'grep', 'tr'],
  resolve: findUnit,
  look: (host, { target }, signal) => lookAtUnit(host, unitOf(target), signal),
  shown: { detail: { unit: 'nginx.service' }, looked: plainUnit('nginx.service') },
  plan,
});

function plan({ params: given, host, looked: unit }: Wanted<Params, Unit>): Result<HostPlan> {
  const may = suitable(unit, { host: host.name, verb: 'kill' });
  if (!may.ok) return may;
  const { signal = 'KILL', processes = 'all' } = given;
  const cut = carries(unit.id, host.kind);
  const same = [host.boot, unit.id, unit.pid, unit.start, String(PATIENCE_S)];
  const heals = restartsAfter(unit, signal);
  return ok({
    inject: hostText(scripts.inject, [unit.id, signal, processes, unit.pid, unit.start]),
    undo: hostText(scripts.undo, same),
    probe: hostText(scripts.probe, [...same, unit.restarts]),
    does: [`systemctl kill -s ${signal}${processes === 'main' ? ' --kill-whom=main' : ''} ${unit.id}`],
    undoes: [
      heals
        ? `nothing to do: systemd starts it again after ${unit.restartAfter}`
        : `systemctl start ${unit.id}`,
    ],
    notes: [
      heals
        ? `Restart=${unit.restart}: systemd starts it again after ${unit.restartAfter}; where it does not, we do.`
        : `Restart=${unit.restart}: systemd does not start it again after ${signal}; we do, once the effect is seen.`,
      ...(cut === undefined ? [] : [cut]),
    ],
    cutsControlPath: cut !== undefined,
  });
}

/** Signals after which systemd takes an end for a clean one: systemd.service(5), `SuccessExitStatus=`. */
const CLEAN = ['HUP', 'INT', 'TERM', 'PIPE'];
/** What a service may handle before it ends by its own exit code: `on-abort` and `on-abnormal` want a signal. */
const restartsAfter = (unit: Unit, signal: string): boolean =>
  unit.restart === 'always' || (CLEAN.includes(signal) ? unit.restart === 'on-success' : isRestarted(unit));
