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
import { carries, onMachines, suitable } from './suitable.ts';
import { plainUnit, type ServiceTarget, serviceFile, serviceTarget, unitOf, unitScript } from './unit.ts';

const scripts = {
  inject: serviceFile('restart.sh'),
  undo: unitScript('back.sh'),
  probe: unitScript('restarted.sh'),
};

export const serviceRestart = hostFault<CommandsParams, ServiceTarget, LookedAt>({
  name: 'service.restart',
  summary: 'Restarts a service, as an upgrade or an operator would.',
  duration: 'instant',
  undoKind: 'self-heals',
  params: commandsParams,
  target: serviceTarget,
  example: ['- id: again', '  fault: service.restart', '  target: { host: web1, unit: nginx }'].join('\n'),
  page: {
    does: 'Restarts the unit once; systemd does the rest. Where it does not come up, it is started again until it runs.',
    proof:
      '`systemctl show`: InvocationID and MainPID are others than before; then ActiveState is active, and no job is waiting.',
    blade: 'ChaosBlade has none; `systemd stop` and its `destroy` come nearest.',
    notes: [
      'With `commands` it is stopped and started, and the command under `status` must see it stopped between; both must be done within 10 s.',
    ],
  },
  ...onMachines,
  tools: ({ commands }) => (commands === undefined ? ['systemctl', 'grep', 'tr'] : ['tr']),
  resolve: findService,
  look: lookAtService,
  shown: { detail: { unit: 'nginx.service' }, looked: { by: 'systemd', unit: plainUnit('nginx.service') } },
  plan,
});

function plan({ target, host, looked }: Wanted<CommandsParams, LookedAt>): Result<HostPlan> {
  const { kind, boot } = host;
  if (looked.by === 'commands')
    return ok(planCommands(looked.commands, { verb: 'restart', unit: unitOf(target), kind }));
  const { unit } = looked;
  const may = suitable(unit, { host: host.name, verb: 'restart' });
  if (!may.ok) return may;
  const cut = carries(unit.id, kind);
  return ok({
    inject: hostText(scripts.inject, [unit.id]),
    undo: hostText(scripts.undo, [boot, unit.id, '0', '', '0']),
    probe: hostText(scripts.probe, [boot, unit.id, unit.invocation, unit.pid]),
    does: [`systemctl restart ${unit.id}`],
    undoes: [`systemctl start ${unit.id} # where it does not run by itself`],
    notes: [
      ...(unit.with.length === 0 ? [] : [`These are restarted with it: ${unit.with.join(', ')}.`]),
      ...(cut === undefined ? [] : [cut]),
    ],
    cutsControlPath: cut !== undefined,
  });
}
