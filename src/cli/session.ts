import { dirname, resolve } from 'node:path';
import { type Loaded, type LoadOptions, loadExperiment } from '../files/load.ts';
import { planRun } from '../files/plan.ts';
import { together } from '../guard/grounds.ts';
import { own } from '../guard/proc.ts';
import type { Lab, LabState } from '../labs/lab.ts';
import { labs } from '../labs/registry.ts';
import type { Ground } from '../model/contracts/fault.ts';
import type { World } from '../model/contracts/world.ts';
import type { System, SystemUse } from '../model/experiment.ts';
import type { RunPlan } from '../model/plan.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
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
  const place = await placeOf(loaded.value.system, options);
  if (!place.ok) return fail([place.problem]);
  const { use, close } = place.value;
  const connected = await connect(use);
  if (!connected.ok) {
    await close();
    return fail([connected.problem]);
  }
  const { world, grounds, where } = connected.value;
  const ground = grounds.length === 0 ? {} : { ground: together(grounds) };
  return ok({ loaded: loaded.value, world, where, ...ground, use, close });
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

/** How the system is reached: a lab by its own kubeconfig, anything else as the file says. */
export async function placeOf(system: System, options: SessionOptions): Promise<Result<Placed>> {
  const placed = await clusterOf(system, options);
  if (!placed.ok) return placed;
  const { use, close } = placed.value;
  return ok({ use: { ...use, ...(system.hosts === undefined ? {} : { hosts: system.hosts }) }, close });
}

async function clusterOf(system: System, options: SessionOptions): Promise<Result<Placed>> {
  if (system.lab === undefined) {
    const use = system.kubernetes;
    if (use === undefined) return ok({ use: {}, close: nothingToClose });
    const kubeconfig =
      use.kubeconfig === undefined ? {} : { kubeconfig: resolve(dirname(system.file), use.kubeconfig) };
    return ok({ use: { kubernetes: { ...use, ...kubeconfig } }, close: nothingToClose });
  }
  const { name, port } = system.lab;
  const lab = labs.find((candidate) => candidate.name === name);
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
  if (options.startLab) return upForUs(lab, at, options);
  return running === undefined
    ? fail(labDown(name, port))
    : ok({ use: useOf(running), close: nothingToClose });
}

/** Starts a lab, or joins those who need it already; it ends with the last of them, unless somebody keeps it. */
async function upForUs(
  lab: Lab,
  at: { home: string; port?: number },
  options: SessionOptions,
): Promise<Result<Placed>> {
  if (lab.status(at) === undefined) options.onProgress(`starting the lab ${lab.name} …`);
  const owner = own();
  const up = await lab.up({ ...at, owner, progress: options.onProgress }, options.signal);
  if (!up.ok) return up;
  const close = async (): Promise<void> => void (await lab.release(at, owner));
  return ok({ use: useOf(up.value), close });
}

const useOf = ({ kubeconfig, namespace }: LabState): SystemUse => ({ kubernetes: { kubeconfig, namespace } });

function labDown(name: string, port: number | undefined): Problem {
  const flag = port === undefined ? '' : ` --port ${port}`;
  return {
    code: 'system-unreachable',
    message: `the lab ${name} is not up`,
    fix: `Start it with \`aftershock lab up ${name}${flag}\`; \`aftershock run\` starts it by itself.`,
  };
}
