import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { imagesFolder, missingForMachines } from '../../src/labs/hosts/image.ts';
import { tellMachine } from '../../src/labs/hosts/machine.ts';
import { MOST_MACHINES, machinesOf } from '../../src/labs/hosts/machines.ts';
import { SSH_CARD } from '../../src/labs/hosts/qemu.ts';
import type { QmpCommand } from '../../src/labs/hosts/qmp.ts';
import { resetMachines } from '../../src/labs/hosts/reset.ts';
import { configPath, type SshRan, ssh } from '../../src/labs/hosts/ssh.ts';
import type { LabState } from '../../src/labs/lab.ts';
import { findLab } from '../../src/labs/registry.ts';
import { root, run } from './cli.ts';

const TELL_WITHIN_MS = 30_000;
/** For the hook that calls `upMachines`: on a busy machine, and where an image has to be built first. */
export const MACHINES_WITHIN_MS = 600_000;

/** Images outlive the homes of tests: AFTERSHOCK_IMAGES, or a folder of this checkout that git ignores. */
const images = imagesFolder('', { AFTERSHOCK_IMAGES: join(root, '.cache/images'), ...process.env });

/**
 * What is missing for machines in QEMU, for `describe.skipIf(machinesMissing() !== undefined)`; it is printed. In CI
 * it is an error instead, so that no test is left out there unseen.
 */
export function machinesMissing(): string | undefined {
  const problem = missingForMachines(images);
  if (problem === undefined) return undefined;
  const message = `these tests need machines in QEMU: ${problem.message}. ${problem.fix}`;
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return message;
}

export interface TestMachine {
  name: string;
  /** On the wire between the machines; ssh comes by another card. */
  address: string;
  /** Runs a line as root. */
  ssh(line: string, options?: { timeout_ms?: number; user?: 'root' | 'ops' }): Promise<SshRan>;
  /** Memory, disk and network as when it came up; open connections to it hang from then on. */
  reset(): Promise<void>;
  /** As by its reset button: it boots at once, and what it had not written to its disk is lost. */
  hardReboot(): Promise<void>;
  /** Off, as without power, until `powerOn` boots it. */
  powerCut(): Promise<void>;
  powerOn(): Promise<void>;
  /** It stands still, as a virtual machine that its host suspends; its clock is late afterwards. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Cuts it off from this machine (ssh), and not from the other machine. */
  linkDown(): Promise<void>;
  linkUp(): Promise<void>;
}

export interface TestMachines {
  home: string;
  port: number;
  sshConfig: string;
  machines: TestMachine[];
  /** By name: `vm1`, `vm2`. */
  machine(name: string): TestMachine;
  down(): Promise<void>;
}

export interface MachinesWanted {
  /** 1 or 2. */
  count: number;
  /** An AFTERSHOCK_HOME. */
  home: string;
  /** Where the ssh of the first one listens; that of the second on the next port. */
  portBase: number;
}

/** Starts machines by the command line, as a user would. */
export async function upMachines({ count, home, portBase }: MachinesWanted): Promise<TestMachines> {
  const lab = findLab('hosts');
  mkdirSync(home, { recursive: true });
  const where = { home, env: { AFTERSHOCK_IMAGES: images } };
  const which = ['hosts', '--port', String(portBase)];
  // As few settings as can be: a system file with `lab: hosts` has to have the same.
  const fewer = count === MOST_MACHINES ? [] : ['--set', `machines.COUNT=${count}`];
  const up = await run(['lab', 'up', ...which, ...fewer], where);
  const state = lab?.status({ home, port: portBase });
  if (state === undefined) throw new Error(`the machines did not start: ${up.stdout}${up.stderr}`);
  const machines = machinesOf(state.directory, { port: portBase, count }).map(({ name, ipv4 }) =>
    testMachine(state, name, ipv4),
  );
  return {
    home,
    port: portBase,
    sshConfig: configPath(state.directory),
    machines,
    machine: (name) => {
      const found = machines.find((one) => one.name === name);
      if (found === undefined) throw new Error(`no machine ${name}`);
      return found;
    },
    down: async () => {
      const down = await run(['lab', 'down', ...which], where);
      if (down.code !== 0) throw new Error(`the machines did not go down: ${down.stdout}${down.stderr}`);
    },
  };
}

function testMachine(state: LabState, name: string, address: string): TestMachine {
  const never = new AbortController().signal;
  const tell = async (...commands: QmpCommand[]): Promise<void> => {
    const signal = AbortSignal.timeout(TELL_WITHIN_MS);
    const told = await tellMachine({ pid: state.pid, name }, commands, signal);
    if (!told.ok) throw new Error(`${told.problem.message}: ${told.problem.cause}`);
  };
  const link = (up: boolean): Promise<void> =>
    tell({ execute: 'set_link', arguments: { name: SSH_CARD, up } });
  return {
    name,
    address,
    ssh: (line, { timeout_ms = 60_000, user = 'root' } = {}) => {
      const host = user === 'root' ? name : `${name}-${user}`;
      return ssh({ config: configPath(state.directory), host, line, timeout_ms }, never);
    },
    reset: async () => {
      const done = await resetMachines(state, [name], never);
      if (!done.ok) throw new Error(`${done.problem.message}: ${done.problem.cause}`);
    },
    hardReboot: () => tell({ execute: 'system_reset' }),
    powerCut: () => tell({ execute: 'stop' }),
    powerOn: () => tell({ execute: 'system_reset' }, { execute: 'cont' }),
    pause: () => tell({ execute: 'stop' }),
    resume: () => tell({ execute: 'cont' }),
    linkDown: () => link(false),
    linkUp: () => link(true),
  };
}
