import { dirname, resolve } from 'node:path';
import { type Loaded, type LoadOptions, loadExperiment } from '../files/load.ts';
import { planRun } from '../files/plan.ts';
import { together } from '../guard/grounds.ts';
import { own } from '../guard/proc.ts';
import type { Lab, LabOptions, LabState, UpOptions } from '../labs/lab.ts';
import { findLab, labs } from '../labs/registry.ts';
import { isSame, otherSettings, settingsIn } from '../labs/settings.ts';
import type { Ground } from '../model/contracts/fault.ts';
import type { World } from '../model/contracts/world.ts';
import type { LabUse, System, SystemUse } from '../model/experiment.ts';
import type { RunPlan } from '../model/plan.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { hostsIn } from '../reach/hosts/open.ts';
import { seededRandom } from '../reach/random.ts';
import { connect } from './connect.ts';
import { home } from './home.ts';
import { unknownName } from './names.ts';
import { registries } from './registries.ts';
import { version } from './version.ts';

/** An experiment with the system it runs against, reached. */
export interface Session {
  loaded: Loaded;
  world: World;
  ground?: Ground;
  use: SystemUse;
  where: string;
  /** Ends what was started only for this session. */
  close(): Promise<void>;
}

export interface SessionOptions {
  file: string;
  system?: string;
  /** Reads both files; from the disk unless told. */
  read?: LoadOptions['read'];
  overrides?: LoadOptions['overrides'];
  /** A lab that is not up is started, for as long as this process lives. Otherwise that is a Problem. */
  startLab: boolean;
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

/** Loads and checks both files, then reaches the system they name; nothing is touched. */
export async function openSession(options: SessionOptions): Promise<Result<Session, Problem[]>> {
  const loaded = loadExperiment({
    file: options.file,
    ...(options.system === undefined ? {} : { system: options.system }),
    ...(options.read === undefined ? {} : { read: options.read }),
    ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
    registries,
    env: process.env,
  });
  if (!loaded.ok) return fail(loaded.problem);
  const wrong = options.startLab ? undefined : otherLab(loaded.value.system);
  if (wrong !== undefined) return fail([wrong]);
  const place = await placeOf(loaded.value.system, options);
  if (!place.ok) return fail([place.problem]);
  const { use, close } = place.value;
  const connected = await connect(use);
  if (!connected.ok) {
    await close();
    return fail([connected.problem]);
  }
  const { world, grounds, where, close: disconnect } = connected.value;
  const ground = grounds.length === 0 ? {} : { ground: together(grounds) };
  return ok({
    loaded: loaded.value,
    world,
    where: where + settingsOf(loaded.value.system),
    ...ground,
    use,
    // First the way to the hosts: a lab that ends takes them with it.
    close: async () => {
      await disconnect();
      await close();
    },
  });
}

/** Plans a session's run by a seed. */
export function planSession(
  session: Session,
  seed: string,
  signal: AbortSignal,
): Promise<Result<RunPlan, Problem[]>> {
  const options = {
    world: session.world,
    faults: registries.faults,
    signals: registries.signals,
    seed,
    random: (purpose: string) => seededRandom(seed, purpose),
    versions: {
      aftershock: version,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    },
    where: session.where,
  };
  return planRun(session.loaded, options, signal);
}

interface Placed {
  use: SystemUse;
  close: () => Promise<void>;
}

const nothingToClose = async (): Promise<void> => undefined;

/** How the system is reached: a lab by what it has noted of itself, anything else as the file says. */
export async function placeOf(system: System, options: SessionOptions): Promise<Result<Placed>> {
  const placed = await clusterOf(system, options);
  if (!placed.ok) return placed;
  const { use, close } = placed.value;
  const hosts = { ...use.hosts, ...hostsIn(system.file, system.hosts ?? {}) };
  return ok({ use: { ...use, ...(Object.keys(hosts).length === 0 ? {} : { hosts }) }, close });
}

async function clusterOf(system: System, options: SessionOptions): Promise<Result<Placed>> {
  if (system.lab === undefined) {
    const use = system.kubernetes;
    if (use === undefined) return ok({ use: {}, close: nothingToClose });
    const kubeconfig =
      use.kubeconfig === undefined ? {} : { kubeconfig: resolve(dirname(system.file), use.kubeconfig) };
    return ok({ use: { kubernetes: { ...use, ...kubeconfig } }, close: nothingToClose });
  }
  const { name, port, settings = {} } = system.lab;
  const lab = findLab(name);
  if (lab === undefined)
    return fail(
      unknownName(
        'lab',
        name,
        labs.map((one) => one.name),
      ),
    );
  const at = { home: home(), ...(port === undefined ? {} : { port }) };
  const running = lab.status(at);
  if (options.startLab) return upForUs(lab, { ...at, settings }, options);
  return running === undefined
    ? fail(labDown(system.lab))
    : ok({ use: useOf(running), close: nothingToClose });
}

/** Starts a lab, or joins those who need it already; it ends with the last of them, unless somebody keeps it. */
async function upForUs(
  lab: Lab,
  at: LabOptions & Pick<UpOptions, 'settings'>,
  options: SessionOptions,
): Promise<Result<Placed>> {
  if (lab.status(at) === undefined) options.onProgress(`starting the lab ${lab.name} …`);
  const owner = own();
  const up = await lab.up({ ...at, owner, progress: options.onProgress }, options.signal);
  if (!up.ok) return up;
  const close = async (): Promise<void> => void (await lab.release(at, owner));
  return ok({ use: useOf(up.value), close });
}

/** What a lab's programs are told belongs to where a run happens. */
function settingsOf({ lab }: System): string {
  const settings = settingsIn(lab?.settings ?? {});
  return settings.length === 0 ? '' : `; set: ${settings.join(', ')}`;
}

/** The lab is up, and its programs are told other things than the file says. */
function otherLab({ lab: use }: System): Problem | undefined {
  if (use === undefined) return undefined;
  const { name, port, settings = {} } = use;
  const running = findLab(name)?.status({ home: home(), ...(port === undefined ? {} : { port }) });
  if (running === undefined || isSame(running.settings, settings)) return undefined;
  return otherSettings(running, settings, `aftershock lab down ${name}${portFlag(port)}`);
}

const portFlag = (port: number | undefined): string => (port === undefined ? '' : ` --port ${port}`);

const useOf = ({ kubeconfig, namespace, hosts }: LabState): SystemUse => ({
  ...(kubeconfig === undefined || namespace === undefined ? {} : { kubernetes: { kubeconfig, namespace } }),
  ...(hosts === undefined ? {} : { hosts }),
});

function labDown({ name, port, settings = {} }: LabUse): Problem {
  const set = settingsIn(settings).map((one) => ` --set ${one}`);
  return {
    code: 'system-unreachable',
    message: `the lab ${name} is not up`,
    fix: `Start it with \`aftershock lab up ${name}${portFlag(port)}${set.join('')}\`; \`aftershock run\` starts it by itself.`,
  };
}
