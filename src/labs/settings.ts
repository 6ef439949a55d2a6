import type { LabSettings } from '../model/experiment.ts';
import type { Problem } from '../model/result.ts';
import type { LabState } from './lab.ts';

/** Each as `poll-backend.CPU_MS_PER_VOTE=10`, in the order of their names. */
export const settingsIn = (settings: LabSettings): string[] =>
  [...entriesOf(settings)].map(([name, value]) => `${name}=${value}`);

/** Whether both tell the programs the same. */
export const isSame = (one: LabSettings, other: LabSettings): boolean =>
  settingsIn(one).join('\n') === settingsIn(other).join('\n');

/** A lab is up with other settings than are asked for; `down` is the command that ends it. */
export function otherSettings(state: LabState, asked: LabSettings, down: string): Problem {
  const [has, wanted] = [entriesOf(state.settings), entriesOf(asked)];
  const differing = [...new Set([...has.keys(), ...wanted.keys()])]
    .filter((name) => has.get(name) !== wanted.get(name))
    .sort();
  const told = (name: string, value: string | undefined) =>
    value === undefined ? `${name} not set` : `${name}=${value}`;
  return {
    code: 'lab-failed',
    message: `the lab ${state.name} is up with other settings: ${differing.map((name) => told(name, has.get(name))).join(', ')}`,
    expected: differing.map((name) => told(name, wanted.get(name))).join(', '),
    fix: `End it with \`${down}\`, or give the system file another port: \`lab: { name: ${state.name}, port: ${state.nodePort + 100} }\`.`,
  };
}

const entriesOf = (settings: LabSettings): Map<string, string> =>
  new Map(
    Object.entries(settings)
      .flatMap(([deployment, set]) =>
        Object.entries(set).map(([name, value]): [string, string] => [`${deployment}.${name}`, value]),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
