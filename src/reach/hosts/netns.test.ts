import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from '../../../test/support/lab.ts';
import { needs, needsRoot } from '../../../test/support/needs.ts';
import type { Host, HostRan, HostScript } from '../../model/contracts/world.ts';
import { endGroup } from './fake-process.ts';
import { localHost } from './local.ts';
import { netnsHost } from './netns.ts';
import { lookAtProcesses } from './processes.ts';
import { scriptFile, scriptOf } from './script.ts';
import { type Selection, select } from './select.ts';

const never = new AbortController().signal;
const NAME = `aftershock-${process.pid}`;
const ip = (...args: string[]): string => {
  const done = spawnSync('ip', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
};

const ran = async (host: Host, script: HostScript): Promise<HostRan> => {
  const result = await host.run(script, never);
  if (!result.ok) throw new Error(`${result.problem.kind}: ${result.problem.text}`);
  return result.value;
};

const found = async (host: Host, selection: Selection): Promise<number[]> => {
  const looked = await lookAtProcesses(host, 'port' in selection ? 'port' : 'process', never);
  if (!looked.ok) throw new Error(looked.problem.message);
  return select(looked.value, selection).map(({ pid }) => pid);
};

/** A process inside the namespace, which leads a group of its own. */
function inside(...command: string[]): number {
  const child = spawn('nsenter', [`--net=/run/netns/${NAME}`, '--', ...command], {
    stdio: 'ignore',
    detached: true,
  });
  const pid = child.pid ?? -1;
  onTestFinished(() => endGroup(pid));
  return pid;
}

test('a namespace that is not there is told', async () => {
  const ran = await netnsHost('a', 'aftershock-none', []).run({ script: 'echo in' }, never);
  expect(ran).toMatchObject({
    problem: { kind: 'unreachable', fix: expect.stringContaining('ip netns add') },
  });
});

describe.skipIf(!needsRoot() || !needs('ip'))('a network namespace as a host', () => {
  const blue = netnsHost('blue', NAME, []);
  beforeAll(() => {
    ip('netns', 'add', NAME);
    ip('-n', NAME, 'link', 'set', 'lo', 'up');
  });
  afterAll(() => void ip('netns', 'delete', NAME));

  test('scripts run inside it, with the mounts and files of the machine', async () => {
    const { stdout } = await ran(blue, {
      script: 'cat; echo "$1|$AFTERSHOCK_KIND|$AFTERSHOCK_NETNS|$AFTERSHOCK_PEER"; ls /sys/class/net; exit 3',
      args: ["a'b"],
      stdin: 'in\n',
    });
    expect(stdout).toMatch(new RegExp(`^in\na'b\\|netns\\|${NAME}\\|\n`));
    expect((await ran(blue, { script: 'tail -n +3 /proc/net/dev | wc -l' })).stdout.trim()).toBe('1');
    expect((await ran(blue, { script: 'exit 3' })).code).toBe(3);
  });

  test('only its own processes and ports are seen', async () => {
    const word = `netns-${process.pid}`;
    const mine = inside('sh', '-c', 'sleep 600 & wait', word);
    const other = spawn('sh', ['-c', 'sleep 600 & wait', word], { stdio: 'ignore', detached: true });
    const others = other.pid ?? -1;
    onTestFinished(() => endGroup(others));
    await eventually('both run', 5_000, async () =>
      (await found(localHost('here', []), { command: word })).length === 2 ? true : undefined,
    );
    expect(await found(blue, { command: word })).toEqual([mine]);
    expect(await found(blue, { pid: others })).toEqual([]);
    const listen = "require('net').createServer().listen(30760, '127.0.0.1')";
    const server = inside(process.execPath, '-e', listen);
    const port = { port: 30_760 };
    await eventually('it listens', 10_000, async () =>
      (await found(blue, port)).length > 0 ? true : undefined,
    );
    expect(await found(blue, port)).toEqual([server]);
    expect(await found(localHost('here', []), port)).toEqual([]);
  });

  test('its records are apart from those of the machine and of other namespaces', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aftershock-netns-'));
    vi.stubEnv('AFTERSHOCK_RUN_DIR', join(folder, 'run'));
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
    });
    const place = scriptFile(join(import.meta.dirname, '../../faults/hosts'), 'place.sh');
    const script = scriptOf(place, 'choose_place; echo "$place"');
    expect((await ran(blue, { script })).stdout.trim()).toBe(join(folder, 'run', `netns-${NAME}`));
    expect((await ran(localHost('here', []), { script })).stdout.trim()).toBe(join(folder, 'run'));
    expect(readdirSync(join(folder, 'run'))).toEqual([`netns-${NAME}`]);
  });

  test('two hundred of them at once', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `${NAME}-${index}`);
    const batch = (verb: string): void => {
      const lines = names.map((name) => `netns ${verb} ${name}`).join('\n');
      const done = spawnSync('ip', ['-force', '-batch', '-'], { input: lines, encoding: 'utf8' });
      if (done.status !== 0) throw new Error(done.stderr);
    };
    batch('add');
    onTestFinished(() => batch('delete'));
    const script = 'readlink /proc/self/ns/net; echo "$AFTERSHOCK_NETNS"';
    const all = await Promise.all(
      names.map((name) => ran(netnsHost(name, name, []), { script, deadline_ms: 50_000 })),
    );
    const said = all.map(({ stdout }) => stdout.trim().split('\n'));
    expect(said.map(([, name]) => name)).toEqual(names);
    expect(new Set(said.map(([inode]) => inode)).size).toBe(200);
  });
});
