import type { Lab, LabState } from '../../labs/lab.ts';
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

/** Which labs a command is about; all of them where it says nothing. */
interface Asked {
  name?: string;
  port?: number;
}

/** One instance of a lab: the lab at a port. */
interface Instance {
  lab: Lab;
  port: number;
  /** Undefined where it is on its way, or was left behind by a crash. */
  state: LabState | undefined;
}

/** `aftershock lab up|down|status [NAME]`. */
export async function lab(
  verb: 'up' | 'down' | 'status',
  name: string | undefined,
  options: { port?: string; set?: string[] },
): Promise<ExitCode> {
  const term = terminal();
  const names = labs.map((candidate) => candidate.name);
  if (name !== undefined && !names.includes(name)) return report(term, [unknownName('lab', name, names)]);
  const port = options.port === undefined ? undefined : Number(options.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    return report(term, [
      { code: 'usage', message: `--port ${options.port} is no port`, fix: 'Give a number from 1 to 65535.' },
    ]);
  }
  const asked = { ...(name === undefined ? {} : { name }), ...(port === undefined ? {} : { port }) };
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
  const found = instances(asked);
  const running = found.filter(({ state }) => state !== undefined);
  const candidates = running.length > 0 ? running : found;
  const atOwnPort = candidates.find((one) => asked.name !== undefined && one.port === one.lab.port);
  const chosen = candidates.length === 1 ? candidates[0] : atOwnPort;
  if (chosen === undefined && candidates.length > 0) return report(term, [severalUp(candidates)]);
  if (chosen === undefined) {
    term.out(absent(asked, 'was'));
    return exitCodes.asPredicted;
  }
  const ended = await chosen.lab.down({ home: home(), port: chosen.port });
  if (!ended.ok) return report(term, [ended.problem]);
  term.out(`${nameOf(chosen)} ${ended.value ? 'is down' : 'was not up; what it had left behind is removed'}`);
  return exitCodes.asPredicted;
}

function instances({ name, port }: Asked): Instance[] {
  const at = home();
  return labs
    .filter((one) => name === undefined || one.name === name)
    .flatMap((one) => one.ports(at).map((its) => ({ lab: one, port: its })))
    .filter((one) => port === undefined || one.port === port)
    .map((one) => ({ ...one, state: one.lab.status({ home: at, port: one.port }) }));
}

const nameOf = ({ lab: { name, port: own }, port }: Instance): string =>
  port === own ? name : `${name} on port ${port}`;

function absent({ name, port }: Asked, verb: 'is' | 'was'): string {
  const where = port === undefined ? '' : ` on port ${port}`;
  return name === undefined ? `no lab ${verb} up${where}` : `${name} ${verb} not up${where}`;
}

function severalUp(found: readonly Instance[]): Problem {
  const commands = found.map(({ lab: { name }, port }) => `\`aftershock lab down ${name} --port ${port}\``);
  return {
    code: 'usage',
    message: `${found.length} labs are up: ${found.map(nameOf).join(', ')}`,
    fix: `Say which one: ${commands.join(' or ')}.`,
  };
}

function shown(state: LabState): string {
  const rows = [
    ...state.services.map(({ name, url }) => [name, url] as const),
    ...settingsIn(state.settings).map((one) => ['set', one] as const),
    ['cluster', `KUBECONFIG=${state.kubeconfig}`] as const,
    ['try', `kubectl --kubeconfig ${state.kubeconfig} -n ${state.namespace} get pods`] as const,
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    `${state.name} is up (pid ${state.pid})`,
    ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`),
  ].join('\n');
}
