import type { LabState } from '../../labs/lab.ts';
import { labs } from '../../labs/registry.ts';
import { settingsIn } from '../../labs/settings.ts';
import type { LabKind, LabSettings } from '../../model/experiment.ts';
import { type ExitCode, exitCodes } from '../../model/problems.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { report } from '../failing.ts';
import { home } from '../home.ts';
import { interruptSignal } from '../interrupt.ts';
import { unknownName } from '../names.ts';
import { type Terminal, terminal } from '../terminal.ts';
import { type Asked, absent, askedFor, choose, instances, nameOf } from './lab-instances.ts';
import { machineRows } from './lab-machines.ts';

/** `aftershock lab up|down|status [NAME]`. */
export async function lab(
  verb: 'up' | 'down' | 'status',
  name: string | undefined,
  options: { port?: string; set?: string[] },
): Promise<ExitCode> {
  const term = terminal();
  const read = askedFor(name, options.port);
  if (!read.ok) return report(term, [read.problem]);
  const asked = read.value;
  if (verb === 'up') return up(term, asked, options.set);
  return verb === 'down' ? down(term, asked) : status(term, asked);
}

/** The first lab there is, unless another one is named. */
async function up(term: Terminal, { name, port }: Asked, set: string[] | undefined): Promise<ExitCode> {
  const wanted = labs.find((one) => name === undefined || one.name === name);
  if (wanted === undefined) return report(term, [unknownName('lab', name ?? '', [])]);
  const settings = set === undefined ? ok(undefined) : settingsOf(set, wanted);
  if (!settings.ok) return report(term, [settings.problem]);
  const interrupt = interruptSignal(() => undefined);
  const at = { home: home(), ...(port === undefined ? {} : { port }) };
  const told = settings.value === undefined ? {} : { settings: settings.value };
  const started = await wanted.up({ ...at, ...told, progress: (text) => term.err(text) }, interrupt);
  if (!started.ok) return report(term, [started.problem]);
  term.out(shown(started.value));
  return exitCodes.asPredicted;
}

/** `poll-backend.CPU_MS_PER_VOTE=10`, any number of them. */
function settingsOf(set: readonly string[], { variables }: LabKind): Result<LabSettings> {
  const settings: Record<string, Record<string, string>> = {};
  for (const one of set) {
    const [, deployment, name, value] = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(one) ?? [];
    if (deployment === undefined || name === undefined || value === undefined) return fail(noSetting(one));
    const names = variables[deployment];
    if (names === undefined)
      return fail(unknownName('deployment of this lab', deployment, Object.keys(variables)));
    if (!names.includes(name)) return fail(unknownName(`setting of ${deployment}`, name, names));
    settings[deployment] = { ...settings[deployment], [name]: value };
  }
  return ok(settings);
}

const noSetting = (text: string): Problem => ({
  code: 'usage',
  message: `--set ${text} is no setting`,
  expected: 'DEPLOYMENT.VARIABLE=VALUE',
  fix: 'Write it as `--set poll-backend.CPU_MS_PER_VOTE=10`; docs/lab.md has them all.',
});

/** All that are up, of what was asked for. */
function status(term: Terminal, asked: Asked): ExitCode {
  const states = instances(asked).flatMap(({ state }) => (state === undefined ? [] : [state]));
  term.out(states.length === 0 ? absent(asked, 'is') : states.map(shown).join('\n\n'));
  return exitCodes.asPredicted;
}

async function down(term: Terminal, asked: Asked): Promise<ExitCode> {
  const found = choose(asked);
  if (!found.ok) return report(term, [found.problem]);
  const chosen = found.value;
  if (chosen === undefined) {
    term.out(absent(asked, 'was'));
    return exitCodes.asPredicted;
  }
  const ended = await chosen.lab.down({ home: home(), port: chosen.port });
  if (!ended.ok) return report(term, [ended.problem]);
  term.out(`${nameOf(chosen)} ${ended.value ? 'is down' : 'was not up; what it had left behind is removed'}`);
  return exitCodes.asPredicted;
}

const clusterRows = ({ kubeconfig, namespace }: LabState): (readonly [string, string])[] => [
  ['cluster', `KUBECONFIG=${kubeconfig}`],
  ['try', `kubectl --kubeconfig ${kubeconfig} -n ${namespace} get pods`],
];

function shown(state: LabState): string {
  const rows = [
    ...state.services.map(({ name, url }) => [name, url] as const),
    ...settingsIn(state.settings).map((one) => ['set', one] as const),
    ...(state.hosts === undefined ? clusterRows(state) : machineRows(state)),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `${state.name} is up (pid ${state.pid})`,
    ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`),
  ].join('\n');
}
