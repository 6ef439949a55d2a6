import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostKind } from '../../src/faults/hosts/fault.ts';
import type { InjectionStep } from '../../src/model/injection.ts';
import type { Drill } from '../support/drill.ts';
import { type Place, scriptText, told } from './place.ts';
import type { Row } from './rows.ts';

/** A run that is stopped at a step, and the host that it breaks. */
export interface Scene {
  place: Place;
  drill: Drill;
  /** Where the run keeps its folder. */
  runs: string;
  lease_s: number;
  row: Row;
}

/** What happens to a run, its machine, the network or the host while a fault is there. */
export interface Accident {
  name: string;
  /** For the page. */
  says: string;
  at: readonly InjectionStep[];
  on: readonly HostKind[];
  /** Makes it. Nobody is left who could undo from outside, unless `lives`. */
  make(scene: Scene): Promise<void>;
  /** The run goes on: it may undo by itself, and has to end by itself. */
  lives?: boolean;
  /** The run undoes it by itself after a moment, and ends with 0. */
  endsWell?: boolean;
  /** The host is not reached until `over`. */
  away?: boolean;
  /** The host boots: what counts is its new uptime. */
  boots?: boolean;
  /** Takes the accident back, once the host must be clean. */
  over?(scene: Scene): Promise<void>;
  /** The controller's runs must lie on a small disk of their own. */
  smallDisk?: boolean;
}

const EVERYWHERE: readonly HostKind[] = ['ssh', 'netns', 'local'];
/** How much longer than the lease what keeps the host from its undo goes on, in seconds. */
const PAST_LEASE_S = 1;

/** The run and its guardian, as by the OOM killer or a machine that is gone. */
async function killBoth({ drill }: Scene): Promise<void> {
  process.kill(drill.guardian.pid, 'SIGKILL');
  process.kill(drill.running.pid, 'SIGKILL');
  await drill.running.finished;
}

const wakeUp = ({ drill }: Scene): void => void process.kill(drill.running.pid, 'SIGCONT');

/** Starts a program on the host that does not let it have something, until a little after the lease's end. */
async function starve({ place, lease_s }: Scene, program: string): Promise<void> {
  const line = 'setsid perl -e "$1" "$2" </dev/null >/dev/null 2>&1 &';
  await told(place, line, [scriptText(program), await pastLease({ place, lease_s })]);
}

/** The host's uptime a little after the lease's end. */
async function pastLease({ place, lease_s }: Pick<Scene, 'place' | 'lease_s'>): Promise<string> {
  const line = 'read -r renewed <"$(ls "$1"/*/renewed)"; echo "$((renewed + $2))"';
  return (await told(place, line, [place.records, String(lease_s + PAST_LEASE_S)])).trim();
}

export const accidents: readonly Accident[] = [
  {
    name: 'none',
    says: 'nothing happens: the run goes on to its end',
    at: ['effective'],
    on: EVERYWHERE,
    make: async (scene) => wakeUp(scene),
    lives: true,
    endsWell: true,
  },
  {
    name: 'controller-killed',
    says: 'the run and its guardian get SIGKILL',
    at: ['intent', 'armed', 'acting', 'acted', 'effective', 'undoing', 'undone', 'recovered'],
    on: EVERYWHERE,
    make: killBoth,
  },
  {
    name: 'network-cut',
    says: 'the network between the run and the host is cut, both live on',
    at: ['acting', 'effective', 'undoing'],
    on: ['ssh'],
    make: async (scene) => {
      await scene.place.power?.link('cut');
      wakeUp(scene);
    },
    lives: true,
    away: true,
    over: async ({ place }) => place.power?.link('joined'),
  },
  {
    name: 'host-rebooted',
    says: 'the run is killed, and the host rebooted (`systemctl reboot --force`)',
    at: ['effective'],
    on: ['ssh'],
    make: async (scene) => {
      await killBoth(scene);
      await scene.place.sh('systemctl reboot --force', [], 8_000);
    },
    boots: true,
  },
  {
    name: 'host-reset',
    says: 'the run is killed, and the host loses power for a moment',
    at: ['armed', 'effective', 'undoing'],
    on: ['ssh'],
    make: async (scene) => {
      await killBoth(scene);
      await scene.place.power?.reset();
    },
    boots: true,
  },
  {
    name: 'controller-disk-full',
    says: 'the disk under the run is full; the run lives on',
    at: ['armed', 'effective'],
    on: EVERYWHERE,
    make: async (scene) => {
      fillUp(scene.runs);
      wakeUp(scene);
    },
    lives: true,
    over: async ({ runs }) => rmSync(join(runs, 'fill'), { force: true }),
    smallDisk: true,
  },
  {
    name: 'host-out-of-memory',
    says: 'the run is killed; the host has no memory until after the lease',
    at: ['effective'],
    on: ['ssh'],
    make: async (scene) => {
      await starve(scene, 'eat-memory.pl');
      await killBoth(scene);
    },
  },
  {
    name: 'host-out-of-pids',
    says: 'the run is killed; the host can start no process until after the lease',
    at: ['effective'],
    on: ['ssh'],
    make: async (scene) => {
      await starve(scene, 'eat-pids.pl');
      await killBoth(scene);
    },
  },
  {
    name: 'host-disk-full',
    says: 'the run is killed; the host’s disk and its /run are full, for a service (which writes when it starts) until after the lease',
    at: ['effective'],
    on: ['ssh'],
    make: async (scene) => {
      // What has to write to come back cannot while there is no room: then the accident ends, as the others do.
      const until = scene.row.writes === true ? [await pastLease(scene)] : [];
      await told(scene.place, scriptText('fill-disks.sh'), ['fill', ...until]);
      await killBoth(scene);
    },
    over: async ({ place }) => void (await told(place, scriptText('fill-disks.sh'), ['empty'])),
  },
];

/** A file system in memory, so small that it can be filled; only root can make one. */
export function smallDisk(folder: string): () => void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=700', 'drill', folder]);
  return () => void execFileSync('umount', ['-l', folder]);
}

function fillUp(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  try {
    writeFileSync(join(folder, 'fill'), Buffer.alloc(bavail * bsize + 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
