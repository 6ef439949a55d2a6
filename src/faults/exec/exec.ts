import { z } from 'zod';
import { ok } from '../../model/result.ts';
import { scriptFile } from '../../reach/hosts/script.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost, wholeHost } from '../hosts/fault.ts';
import { hostText } from '../hosts/text.ts';

const command = z.string().trim().min(1);

const params = z.strictObject({
  inject: command.describe(
    'Breaks it: a command for `sh -c` on the host, which ends within 10 s with exit code 0',
  ),
  undo: command.describe(
    'Undoes it, within 10 s. It is run again until it ends with 0, also where `inject` was only half done or not at all',
  ),
  probe: command.describe(
    'Looks: exit code 0 where the fault is there, 1 where it is not, any other: not sure',
  ),
  reboot: z
    .enum(['undoes', 'keeps'])
    .describe('Whether a reboot undoes it by itself. `keeps` also undoes it at boot')
    .default('keeps'),
  cuts_us_off: z.boolean().describe('It can cut our own way to the host').default(false),
});
type Params = z.infer<typeof params>;

const script = (name: string): string => scriptFile(import.meta.dirname, name);
const scripts = { inject: script('inject.sh'), undo: script('undo.sh'), probe: script('probe.sh') };

export const exec = hostFault<Params, WholeHost>({
  name: 'exec',
  summary: 'Runs your own commands on a host: one breaks, one undoes, one looks.',
  duration: 'held',
  undoKind: 'needs-command',
  params,
  target: wholeHost,
  example: [
    '- id: readonly',
    '  fault: exec',
    '  target: { host: pg1 }',
    '  with:',
    '    inject: mount -o remount,ro /srv/data',
    '    undo: mount -o remount,rw /srv/data',
    "    probe: 'findmnt -no OPTIONS /srv/data | grep -qw ro'",
    '    reboot: undoes',
    '  for: 30s',
  ].join('\n'),
  page: {
    does: 'Runs the command under `inject` as root, or as the user whom aftershock logs in as. `AFTERSHOCK_ID` is the injection’s id.',
    proof: 'The exit code of your `probe`: 0 while the fault is there, 1 when it is gone.',
    blade: 'ChaosBlade has none.',
    notes: [
      '`undo` must tolerate that `inject` never ran: it may be called twice, and after a reboot.',
      'An `undo` that takes longer is ended and begun again: by the run after 14 s, by the host’s own watchdog after 30 s, then after twice as long each time, up to 16 minutes. Start long work in the background, and let `probe` tell when it is done.',
    ],
  },
  kinds: ['ssh', 'local', 'netns'],
  root: false,
  user: 'whatever your own commands need',
  tools: () => [],
  lasting: ({ reboot }) => reboot === 'keeps',
  plan,
});

function plan({ params: given }: Wanted<Params, undefined>) {
  const planned: HostPlan = {
    inject: hostText(scripts.inject, [given.inject]),
    undo: hostText(scripts.undo, [given.undo]),
    probe: hostText(scripts.probe, [given.probe]),
    does: [given.inject],
    undoes: [given.undo],
    cutsControlPath: given.cuts_us_off,
  };
  return ok(planned);
}
