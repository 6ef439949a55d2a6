import type { Look } from '../../model/contracts/fault.ts';
import type { Host } from '../../model/contracts/world.ts';
import type { Injection } from '../../model/injection.ts';
import type { Problem } from '../../model/result.ts';
import type { Exits } from '../../reach/hosts/script.ts';

export const yes = (evidence: string): Look => ({ is: 'yes', evidence });
export const no = (evidence: string): Look => ({ is: 'no', evidence });
/** We could not see. */
export const unsure = ({ message }: Problem): Look => ({ is: 'unsure', evidence: message });

/** What the scripts that change a process say when they did not. */
export const actExits = (host: Host, { id, target }: Injection): Exits => ({
  65: () => ({
    code: 'target-unsuitable',
    message: `The undo of ${id} is not on the host ${host.name} any more: it was undone meanwhile.`,
    fix: 'Run it again.',
  }),
  66: () => ({
    code: 'target-missing',
    message: `${target.name} on the host ${host.name} ended before anything was done to it.`,
    fix: 'Run it again: the process is looked for anew.',
  }),
  74: () => ({
    code: 'disk-full',
    message: `What is done cannot be noted on the host ${host.name}, so it is not done.`,
    fix: 'Free space in the folder of its records (/run/aftershock, or $XDG_RUNTIME_DIR/aftershock).',
  }),
  77: () => ({
    code: 'rights-missing',
    message: `We may not send signals to ${target.name} on the host ${host.name}.`,
    fix: 'Run aftershock as the owner of the process, or as root.',
  }),
});
