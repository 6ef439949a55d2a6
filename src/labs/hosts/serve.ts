import { join } from 'node:path';
import type { HostUse } from '../../model/experiment.ts';
import { fail, gather, ok, type Problem, type Result } from '../../model/result.ts';
import { isFree } from '../cluster/kubelet/addresses.ts';
import { portTaken } from '../port-taken.ts';
import type { Contained } from '../process/contained.ts';
import { startReaper } from '../process/reaper.ts';
import type { Notes, Serve, Served } from '../served.ts';
import { ensureImage, imagesFolder } from './image.ts';
import { machineProblem, startQemu, tellMachine, type Ward } from './machine.ts';
import { countOf, type Machine, machinesOf } from './machines.ts';
import { missingToRun, room } from './needs.ts';
import { human } from './qmp.ts';
import { CLEAN } from './reset.ts';
import { copyDisk, ensureSnapshot, READY } from './snapshot.ts';
import { configPath, settingTheClock, sshUntil, sshUse, writeSshFiles } from './ssh.ts';

const WAKE_WITHIN_MS = 300_000;
const TELL_WITHIN_MS = 60_000;

/** Runs the machines below this process. */
export const serveHosts: Serve = async ({ directory, port, settings }, notes, signal) => {
  const count = countOf(settings);
  if (!count.ok) return count;
  const machines = machinesOf(directory, { port, count: count.value });
  const prevented = missingToRun() ?? (await firstTaken(machines));
  if (prevented !== undefined) return fail(prevented);
  const making = { progress: notes.progress, signal };
  const image = await ensureImage(imagesFolder(directory), making);
  if (!image.ok) return image;
  const snapshot = await ensureSnapshot(image.value, port, making);
  if (!snapshot.ok) return snapshot;
  const space = room(directory, 'run');
  if (!space.ok) return space;
  notes.progress(`waking up ${machines.map(({ name }) => name).join(' and ')}`);
  writeSshFiles(directory, machines, image.value);
  return wakeAll({ machines, directory, image: image.value, snapshot: snapshot.value }, notes, signal);
};

interface Lab {
  machines: readonly Machine[];
  directory: string;
  image: string;
  snapshot: string;
}

async function wakeAll(lab: Lab, notes: Notes, signal: AbortSignal): Promise<Result<Served>> {
  const running = new Map<string, Contained>();
  const identities = () => [...running.values()].map(({ identity }) => identity);
  const reaper = startReaper(() => identities().map(({ pid }) => pid));
  const ward: Ward = { reaper, image: { folder: lab.image }, directory: lab.directory };
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    for (const one of running.values()) one.kill();
    await Promise.all([...running.values()].map(({ exited }) => exited));
    await reaper.stop();
  };
  const woken = await Promise.all(
    lab.machines.map((machine) =>
      wake(lab, machine, {
        signal,
        start: () => {
          const one = startQemu(ward, wiringOf(lab.machines, machine));
          running.set(machine.name, one);
          notes.processes(identities());
          void one.exited.then(({ exitCode }) => {
            if (!stopping) notes.trouble(`the QEMU of ${machine.name} ended with ${exitCode}`);
          });
          return one;
        },
      }),
    ),
  );
  const [problem] = gather(woken).problems;
  if (problem === undefined) return ok({ state: stateOf(lab), stop });
  await stop();
  return fail(problem);
}

function wiringOf(machines: readonly Machine[], { name, port }: Machine) {
  const peer = machines.find((other) => other.name !== name)?.name ?? 'nobody';
  return { folder: name, peer, port, wake: READY };
}

interface Waking {
  start: () => Contained;
  signal: AbortSignal;
}

/** Wakes one machine up, makes it the one that it is, and keeps that as the point to come back to. */
async function wake(
  { directory, image, snapshot }: Lab,
  machine: Machine,
  waking: Waking,
): Promise<Result<void>> {
  const copied = copyDisk(snapshot, join(directory, machine.name), image);
  if (!copied.ok) return copied;
  const running = waking.start();
  const ended = new AbortController();
  void running.exited.then(() => ended.abort());
  const alive = AbortSignal.any([waking.signal, ended.signal]);
  const { name, mac, ipv4, ipv6, machineId } = machine;
  // On the disk, too: its reset button would take away what only the memory has.
  const line = `${settingTheClock.line} && lab-id ${name} ${mac} ${ipv4} ${ipv6} ${machineId} && sync`;
  const { answer } = settingTheClock;
  const command = { config: configPath(directory), host: name, line, answer, timeout_ms: WAKE_WITHIN_MS };
  const named = await sshUntil({ ...command, within_ms: WAKE_WITHIN_MS }, alive);
  if (named.code !== 0) {
    const why = named.stderr.trim().split('\n').at(-1) ?? '';
    return fail(machineProblem(directory, name, `did not wake up${why === '' ? '' : `: ${why}`}`));
  }
  const deadline = AbortSignal.any([alive, AbortSignal.timeout(TELL_WITHIN_MS)]);
  const commands = [human(`delvm ${READY}`), human(`savevm ${CLEAN}`)];
  const kept = await tellMachine({ pid: running.identity.pid, name }, commands, deadline);
  return kept.ok ? ok(undefined) : kept;
}

function stateOf({ machines, directory }: Lab): Served['state'] {
  const services = machines.map(({ name, port }) => ({ name, url: `ssh://127.0.0.1:${port}` }));
  const [first] = machines;
  const hosts: Record<string, HostUse> = Object.fromEntries(
    machines.map((machine) => [machine.name, sshUse(directory, machine)]),
  );
  return { url: services[0]?.url ?? '', nodePort: first?.port ?? 0, services, hosts };
}

async function firstTaken(machines: readonly Machine[]): Promise<Problem | undefined> {
  for (const { name, port } of machines)
    if (!(await isFree('127.0.0.1', port))) return portTaken({ name: `ssh of ${name}`, nodePort: port });
  return undefined;
}
