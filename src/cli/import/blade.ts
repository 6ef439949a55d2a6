import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { absent } from './blade-absent.ts';
import { type BladeCommand, bladeCommand, bladeDuration } from './blade-command.ts';
import { diskBurn, diskFill } from './blade-disk.ts';
import { cpuLoad, memLoad } from './blade-load.ts';
import { networkDelay, networkDrop, networkLoss } from './blade-network.ts';
import { processKill, processStop, systemdStop } from './blade-process.ts';
import { type BladeAction, type ImportedFault, type Reading, reading } from './given.ts';

/** A command of ChaosBlade as an experiment would say it. */
export interface Imported {
  /** The command, for a comment. */
  from: string;
  faults: readonly ImportedFault[];
  /** As long as `--timeout` says; undefined where it is held until `blade destroy`. */
  for_s?: number;
  /** How its host is reached, where the command says it. */
  ssh?: { host: string; user?: string; port?: number; key?: string };
  /** What differs, or was not carried over; a line each. */
  notes: readonly string[];
}

const actions: Readonly<Record<string, BladeAction>> = {
  'cpu fullload': cpuLoad,
  'mem load': memLoad,
  'disk fill': diskFill,
  'disk burn': diskBurn,
  'network delay': networkDelay,
  'network loss': networkLoss,
  'network drop': networkDrop,
  'process kill': processKill,
  'process stop': processStop,
  'systemd stop': systemdStop,
};

/** ChaosBlade's own short names. */
const aliases: Readonly<Record<string, string>> = {
  'cpu fl': 'cpu fullload',
  'cpu load': 'cpu fullload',
  'process k': 'process kill',
  'process f': 'process stop',
};

const actionOf = (target: string, action: string): BladeAction | undefined => {
  const name = `${target} ${action}`;
  const whole = Object.hasOwn(aliases, name) ? aliases[name] : name;
  return whole !== undefined && Object.hasOwn(actions, whole) ? actions[whole] : undefined;
};

/** Of flags of the life cycle that mean nothing here. */
const withoutCommon: Readonly<Record<string, string>> = {
  uid: 'each injection gets an id of its own',
  async: 'a run waits until the effect is proven',
  endpoint: 'nobody is called back; the run folder holds what happened',
  debug: 'the run folder holds what happened',
  'blade-release': 'nothing is installed on the host',
  'override-blade-release': 'nothing is installed on the host',
  'install-path': 'nothing is installed on the host',
};

/** Takes `blade create …` apart and says the same as entries of `faults:`; nothing of it is left out without a word. */
export function importBlade(line: string): Result<Imported, Problem[]> {
  const parsed = bladeCommand(line, (target, action) => actionOf(target, action)?.flags);
  if (!parsed.ok) return fail([parsed.problem]);
  const command = parsed.value;
  const action = actionOf(command.target, command.action);
  if (action === undefined) return fail([absent(command.target, command.action, Object.keys(actions))]);
  const from = reading(command.flags);
  const faults = action.turn(from);
  const for_s = heldFor(from);
  const ssh = sshOf(from);
  leaveOut(from, { ...withoutCommon, ...action.without });
  if (from.problems.length > 0) return fail([...from.problems]);
  return ok({
    from: command.text,
    faults,
    ...(for_s === undefined ? {} : { for_s }),
    ...(ssh === undefined ? {} : { ssh }),
    notes: [...from.notes, ...sudoNote(command)],
  });
}

const DAY_S = 86_400;

function heldFor(from: Reading): number | undefined {
  const written = from.text('timeout');
  if (written === undefined || written === '0') return undefined;
  const seconds = bladeDuration(written);
  if (seconds !== undefined && seconds >= 1 && seconds <= DAY_S) return seconds;
  from.wrong({
    message: '`--timeout` is no time from a second to a day',
    found: written.slice(0, 60),
    expected: 'seconds (60), or 5m',
    fix: 'Write `--timeout 60`.',
  });
  return undefined;
}

const LAST_PORT = 65_535;

function sshOf(from: Reading): Imported['ssh'] {
  const channel = from.text('channel');
  const host = from.text('ssh-host');
  const user = from.text('ssh-user');
  const port = from.number('ssh-port', { min: 1, max: LAST_PORT });
  const key = from.text('ssh-key');
  if (channel !== undefined && channel !== 'ssh' && channel !== 'local')
    from.wrong({ message: `there is no \`--channel ${channel}\` here`, fix: 'Use ssh, or leave it out.' });
  if (channel === 'ssh' && host === undefined)
    from.wrong({ message: '`--channel ssh` needs `--ssh-host`', fix: 'Add `--ssh-host NAME`.' });
  if (host === undefined) {
    if ([user, port, key].some((one) => one !== undefined))
      from.wrong({ message: 'there is no `--ssh-host`', fix: 'Add `--channel ssh --ssh-host NAME`.' });
    return undefined;
  }
  from.note('Over ssh: host keys are always checked; ChaosBlade accepts any.');
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Flags that nobody took: those that make no difference become a note, any other a Problem. */
function leaveOut(from: Reading, without: Readonly<Record<string, string>>): void {
  for (const flag of from.left()) {
    const why = without[flag];
    if (why === undefined)
      from.wrong({
        message: `\`--${flag}\` cannot be carried over`,
        fix: 'Take it out if the fault is the same without it.',
      });
    else from.note(`--${flag} is left out: ${why}.`);
  }
}

const sudoNote = ({ sudo }: BladeCommand): string[] =>
  sudo ? ['sudo: aftershock uses it by itself on hosts where its user is not root and may.'] : [];
