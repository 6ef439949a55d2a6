import { ok, type Result } from '../../model/result.ts';
import { type HostPlan, hostFault, type Wanted } from '../hosts/fault.ts';
import { hostText } from '../hosts/text.ts';
import {
  type CommandsParams,
  commandsParams,
  findService,
  type LookedAt,
  lookAtService,
  planCommands,
} from './commands.ts';
import { carries, onMachines, stopNotes, suitable } from './suitable.ts';
import { plainUnit, type ServiceTarget, serviceFile, serviceTarget, unitOf, unitScript } from './unit.ts';

const scripts = {
  inject: serviceFile('stop.sh'),
  undo: unitScript('start.sh'),
  probe: unitScript('stopped.sh'),
};

export const serviceStop = hostFault<CommandsParams, ServiceTarget, LookedAt>({
  name: 'service.stop',
  summary: 'Stops a service as an operator would, and starts it again.',
  duration: 'held',
  undoKind: 'restores',
  params: commandsParams,
  target: serviceTarget,
  example: [
    '- id: away',
    '  fault: service.stop',
    '  target: { host: web1, unit: nginx }',
    '  for: 30s',
  ].join('\n'),
  page: {
    does: 'Stops the unit, with whatever requires it. It is not masked or disabled: what is enabled stays enabled. Where the host reboots meanwhile, a unit of ours starts it at boot, also where it is not enabled. On a host without systemd, or for a service that systemd does not know, write `commands`.',
    proof:
      '`systemctl show`: ActiveState is inactive or failed; afterwards it is active, no job is waiting, UnitFileState is what it was, and all that stopped with it runs again.',
    blade: '`blade create systemd stop --service nginx`; its `destroy` starts it, and looks no further.',
    notes: [
      'A service that does not run is refused, and so is a masked unit, a template without its instance, and what `systemd-run` made.',
      'A socket or timer that starts it again is named in the plan: the effect is gone when it does.',
      'What carries our own way to the host (ssh, the network, dbus, a firewall) is undone by the host at the deadline, and not before.',
    ],
  },
  ...onMachines,
  tools: ({ commands }) => (commands === undefined ? ['systemctl', 'grep', 'tr'] : ['tr']),
  lasting: ({ commands }) => commands === undefined,
  resolve: findService,
  look: lookAtService,
  shown: { detail: { unit: 'nginx.service' }, looked: { by: 'systemd', unit: plainUnit('nginx.service') } },
  plan,
});

function plan({ target, host, looked }: Wanted<CommandsParams, LookedAt>): Result<HostPlan> {
  const { kind } = host;
  if (looked.by === 'commands')
    return ok(planCommands(looked.commands, { verb: 'stop', unit: unitOf(target), kind }));
  const { unit } = looked;
  const may = suitable(unit, { host: host.name, verb: 'stop' });
  if (!may.ok) return may;
  const cut = carries(unit.id, kind);
  const all = [unit.id, ...unit.with];
  return ok({
    inject: hostText(scripts.inject, [unit.id]),
    undo: hostText(scripts.undo, all),
    probe: hostText(scripts.probe, [unit.id, unit.enabled, unit.pid, ...unit.with]),
    does: [`systemctl stop ${unit.id}`],
    undoes: [`systemctl start ${all.join(' ')}`],
    notes: [...stopNotes(unit), ...(cut === undefined ? [] : [cut])],
    cutsControlPath: cut !== undefined,
  });
}
