import type { JsonObject } from '../../model/json.ts';
import type { FlagKind } from './blade-command.ts';
import { type BladeAction, type Given, given } from './given.ts';

const MOST_COUNT = 10_000;
const LAST_PORT = 65_535;
const LAST_PID = 4_194_304;

const selectors: Readonly<Record<string, FlagKind>> = {
  process: 'value',
  'process-cmd': 'value',
  'local-port': 'value',
  pid: 'value',
  count: 'value',
  'exclude-process': 'value',
  'ignore-not-found': 'switch',
};

const without = {
  'ignore-not-found': 'where nothing matches, nothing is broken and the run says so',
};

/** Numbers of Linux on x86 and ARM: signal(7). */
const signals: Readonly<Record<string, string>> = {
  '1': 'HUP',
  '2': 'INT',
  '3': 'QUIT',
  '4': 'ILL',
  '5': 'TRAP',
  '6': 'ABRT',
  '7': 'BUS',
  '8': 'FPE',
  '9': 'KILL',
  '10': 'USR1',
  '11': 'SEGV',
  '12': 'USR2',
  '13': 'PIPE',
  '14': 'ALRM',
  '15': 'TERM',
  '24': 'XCPU',
  '25': 'XFSZ',
  '31': 'SYS',
};

export const processKill: BladeAction = {
  flags: { ...selectors, signal: 'value' },
  without,
  turn: (from) => {
    const signal = signalIn(from);
    from.note(
      'ChaosBlade brings nobody back. Add `restart: COMMAND` or `supervisor: systemd` under `with:`, so that the run proves that it is back; without, the system file must allow it.',
    );
    return [{ id: 'kill', fault: 'process.kill', target: selected(from), with: given({ signal }) }];
  },
};

export const processStop: BladeAction = {
  flags: selectors,
  without,
  turn: (from) => {
    from.note('The same processes go on again, by pid and start time; ChaosBlade looks them up anew.');
    return [{ id: 'freeze', fault: 'process.pause', target: selected(from) }];
  },
};

function signalIn(from: Given): string | undefined {
  const written = from.text('signal');
  if (written === undefined) {
    from.note('Without --signal it is KILL, which is what aftershock sends unless told.');
    return undefined;
  }
  const name = signals[written] ?? written.toUpperCase().replace(/^SIG/, '');
  if (Object.values(signals).includes(name)) return name;
  const stops = ['19', '20', 'STOP', 'TSTP'].includes(name);
  from.wrong({
    message: `\`--signal ${written.slice(0, 20)}\` ends no process`,
    fix: stops ? 'To freeze a process: `blade create process stop`.' : 'Write 9 (KILL) or 15 (TERM).',
  });
  return undefined;
}

/** Exactly one way to select; ChaosBlade takes the first that it knows. */
function selected(from: Given): JsonObject {
  if (from.text('exclude-process') !== undefined)
    from.wrong({
      message: '`--exclude-process` has no equivalent',
      fix: 'Select more narrowly: `--process-cmd` with a part of the command line, or `--local-port`.',
    });
  const by = given({
    name: from.text('process'),
    command: from.text('process-cmd'),
    port: from.number('local-port', { min: 1, max: LAST_PORT }),
    pid: from.number('pid', { min: 1, max: LAST_PID }),
  });
  const count = from.number('count', { min: 0, max: MOST_COUNT });
  if (Object.keys(by).length !== 1)
    from.wrong({
      message: 'it must select processes in exactly one way',
      expected: '--process, --process-cmd, --local-port or --pid',
      fix: 'Keep one of them.',
    });
  const all = count === undefined || count === 0;
  if (all && !('pid' in by))
    from.note('`pick: all` is what ChaosBlade does. `limits.targets` of the system file is 1 unless told.');
  return 'pid' in by ? by : { ...by, pick: all ? 'all' : count };
}

export const systemdStop: BladeAction = {
  flags: { service: 'value', 'ignore-not-found': 'switch' },
  without,
  turn: (from) => {
    const unit = from.text('service');
    if (unit === undefined || unit === '')
      from.wrong({ message: '`--service` is missing', fix: 'Name the unit: `--service etcd`.' });
    return [{ id: 'stop', fault: 'service.stop', target: given({ unit }) }];
  },
};
