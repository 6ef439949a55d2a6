import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from './cluster/test-support.ts';
import type { LabUp, UpOptions } from './lab.ts';
import { manifest as pollManifest } from './poll-app/manifest.ts';
import type { Placed } from './practice/objects.ts';
import { identify, identifyChild, isAlive, type ProcessIdentity } from './process/identity.ts';
import { findLab, labs } from './registry.ts';
import { addOwner, claim, holderOf, isWanted, readProcesses, removeOwner } from './state.ts';
import { manifest as timeManifest } from './timeserver/manifest.ts';

let home: string;
let port: number;
const never = new AbortController().signal;
const lab = () => {
  const found = findLab('poll-app');
  if (found === undefined) throw new Error('no such lab');
  return found;
};

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'aftershock-lab-'));
  port = await freePort();
});
afterEach(async () => {
  await lab().down({ home, port });
  rmSync(home, { recursive: true, force: true });
});

async function up(more: Partial<UpOptions> = {}): Promise<LabUp> {
  const result = await lab().up({ home, port, ...more }, never);
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

const results = async (url: string): Promise<unknown> => (await fetch(`${url}/api/polls/default`)).json();
const alive = (list: ProcessIdentity[]) => list.filter(isAlive);

describe('a lab', () => {
  test('comes up, answers, is found, and goes down without a trace', async () => {
    const steps: string[] = [];
    const state = await up({ progress: (text) => steps.push(text) });
    expect(state).toMatchObject({
      name: 'poll-app',
      namespace: 'poll-app',
      nodePort: port,
      alreadyUp: false,
    });
    expect(state.services).toEqual([
      { name: 'poll-backend', url: `http://127.0.0.1:${port}` },
      { name: 'poll-frontend', url: `http://127.0.0.1:${port + 1}` },
    ]);
    for (const { url } of state.services)
      expect(await results(url)).toMatchObject({ id: 'default', total: 0 });
    expect(readFileSync(state.kubeconfig ?? '', 'utf8')).toContain('current-context');
    expect(existsSync(state.viewerKubeconfig ?? '')).toBe(true);
    expect(steps).toEqual(['starting the cluster', 'starting two backends and two frontends']);
    expect(lab().status({ home, port })).toMatchObject({ pid: state.pid, url: state.url });
    expect(await up()).toMatchObject({ pid: state.pid, alreadyUp: true });
    const pods = readProcesses(state.directory);
    expect(pods).toHaveLength(4);
    expect(await lab().down({ home, port })).toEqual({ ok: true, value: true });
    expect(identify(state.pid)).toBeUndefined();
    expect(alive(pods)).toEqual([]);
    expect(existsSync(state.directory)).toBe(false);
    expect(lab().status({ home, port })).toBeUndefined();
    expect(await lab().down({ home, port })).toEqual({ ok: true, value: false });
  });

  test('that is started twice at once is started once', async () => {
    const [a, b] = await Promise.all([up(), up()]);
    expect(a.pid).toBe(b.pid);
    expect([a.alreadyUp, b.alreadyUp].sort()).toEqual([false, true]);
  });

  test('killed by SIGKILL leaves no pod behind for 2 s, and can be started again', async () => {
    const state = await up();
    const pods = readProcesses(state.directory);
    expect(alive(pods)).toHaveLength(4);
    process.kill(state.pid, 'SIGKILL');
    await until('all pods gone', () => alive(pods).length === 0, 2_000);
    // A process of many threads takes a moment to be gone, longer than its reaper takes to end the pods.
    await until('the lab seen to be gone', () => lab().status({ home, port }) === undefined, 5_000);
    expect((await up()).alreadyUp).toBe(false);
  });

  test('stopped by SIGSTOP is ended all the same', { timeout: 90_000 }, async () => {
    const state = await up();
    const pods = readProcesses(state.directory);
    process.kill(state.pid, 'SIGSTOP');
    expect(await lab().down({ home, port })).toEqual({ ok: true, value: true });
    await until('all gone', () => alive(pods).length === 0 && identify(state.pid) === undefined, 2_000);
  });

  test('that was started for one process only ends some time after it; a person who asks for it keeps it', async () => {
    const owner = spawn('sleep', ['600']);
    const state = await up({ owner: identifyChild(owner.pid ?? 0), ownerGraceMs: 2_000 });
    owner.kill('SIGKILL');
    await until('it has ended', () => identify(state.pid) === undefined);
    expect(existsSync(state.directory)).toBe(false);
    const gone = identifyChild(999_999_999);
    const kept = await up({ owner: gone, ownerGraceMs: 1_000 });
    await up();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(identify(kept.pid)).toBeDefined();
  });

  test('that its owner releases ends, unless somebody else has asked for it meanwhile', async () => {
    const owner = identifyChild(process.pid);
    const state = await up({ owner });
    expect(await lab().release({ home, port }, owner)).toEqual({ ok: true, value: true });
    expect(identify(state.pid)).toBeUndefined();
    const kept = await up({ owner });
    await up();
    expect(await lab().release({ home, port }, owner)).toEqual({ ok: true, value: false });
    expect(lab().status({ home, port })).toMatchObject({ pid: kept.pid });
  });

  test('has the settings that it is asked for; with others it is started again only where nobody needs it', async () => {
    const retries = (text: string) => ({ 'poll-frontend': { RETRIES: text } });
    const owner = spawn('sleep', ['600']);
    const mine = identifyChild(owner.pid ?? 0);
    try {
      const first = await up({ owner: mine, settings: retries('2'), ownerGraceMs: 60_000 });
      expect(first.settings).toEqual(retries('2'));
      expect(await up({ owner: mine, settings: retries('2') })).toMatchObject({ alreadyUp: true });
      const refused = await lab().up(
        { home, port, owner: identifyChild(process.pid), settings: retries('3') },
        never,
      );
      expect(refused).toMatchObject({
        problem: {
          code: 'lab-failed',
          message: 'the lab poll-app is up with other settings: poll-frontend.RETRIES=2',
          expected: 'poll-frontend.RETRIES=3',
        },
      });
      expect(JSON.stringify(refused)).toContain(`aftershock lab down poll-app --port ${port}`);
      const other = await up({ owner: mine, settings: retries('3') });
      expect(other).toMatchObject({ alreadyUp: false, settings: retries('3') });
      expect(identify(first.pid)).toBeUndefined();
      owner.kill('SIGKILL');
      await until('the owner is gone', () => !isAlive(mine));
      const again = await up({ owner: identifyChild(process.pid), settings: {} });
      expect(again).toMatchObject({ alreadyUp: false, settings: {} });
      expect(identify(other.pid)).toBeUndefined();
    } finally {
      owner.kill('SIGKILL');
    }
  });

  test.each([
    ['poll-backend', 0],
    ['poll-frontend', 1],
  ])('refuses a port that is taken, and says so: of %s', async (name, offset) => {
    const taken = await listen(port + offset);
    const result = await lab().up({ home, port }, never);
    expect(result).toMatchObject({ ok: false, problem: { code: 'lab-failed' } });
    expect(JSON.stringify(result)).toContain(`127.0.0.1:${port + offset}, where the lab's ${name} should`);
    await new Promise((resolve) => taken.close(resolve));
  });

  test('whose start is aborted is not left half started', async () => {
    const aborting = new AbortController();
    const result = await lab().up({ home, port, progress: () => aborting.abort() }, aborting.signal);
    expect(result.ok).toBe(false);
    const directory = join(home, 'labs', `poll-app-${port}`);
    await until('removed', () => !existsSync(directory));
  });
});

test('the timeserver comes up with three pods, by the label and in the namespace that its users know', async () => {
  const timeserver = findLab('timeserver');
  const up = await timeserver?.up({ home, port }, never);
  try {
    if (up?.ok !== true) throw new Error(`not up: ${JSON.stringify(up)}`);
    expect(up.value).toMatchObject({ namespace: 'default', url: `http://127.0.0.1:${port}` });
    expect(readProcesses(up.value.directory)).toHaveLength(3);
    const { pod } = (await (await fetch(up.value.url)).json()) as { pod: string };
    expect(pod).toMatch(/^timeserver-/);
    expect(timeserver?.ports(home)).toEqual([port]);
    expect(lab().ports(home)).toEqual([]);
  } finally {
    await timeserver?.down({ home, port });
  }
  expect(timeserver?.ports(home)).toEqual([]);
});

test('the deployments that a lab says it has are those of its manifest', () => {
  const place = { port, containerPort: 8_080, directory: home };
  const deployments = (placed: readonly Placed[]) =>
    placed.filter(({ resource }) => resource === 'deployments').map(({ object }) => object.metadata.name);
  const manifests: Record<string, readonly Placed[]> = {
    'poll-app': pollManifest(place),
    timeserver: timeManifest(place),
  };
  for (const { name, variables } of labs.filter(({ hosts }) => hosts === undefined))
    expect(Object.keys(variables)).toEqual(deployments(manifests[name] ?? []));
});

test('labs have ports of their own, their second services included', () => {
  const ports = labs.flatMap((one) => [one.port, one.port + 1]);
  expect(new Set(ports).size).toBe(ports.length);
});

describe('the state folder', () => {
  let sleeper: ChildProcess;
  beforeEach(() => {
    sleeper = spawn('sleep', ['600']);
  });
  afterEach(() => {
    sleeper.kill('SIGKILL');
  });

  test('is claimed by one process at a time', async () => {
    const directory = join(home, 'state');
    const first = await claim(directory);
    expect(first).toBeDefined();
    expect(await claim(directory)).toBeUndefined();
    expect(holderOf(directory)?.pid).toBe(process.pid);
    first?.release();
    const again = await until('it is free', () => claim(directory));
    again.release();
  });

  test('tells the last owner from the others', () => {
    const directory = join(home, 'shared');
    const [first, second] = [identifyChild(sleeper.pid ?? 0), identifyChild(process.pid)];
    addOwner(directory, first);
    addOwner(directory, second);
    expect(removeOwner(directory, first)).toBe(false);
    expect(removeOwner(directory, second)).toBe(true);
    expect(isWanted(directory)).toBe(true);
  });

  test('knows whether anybody needs the lab', async () => {
    const directory = join(home, 'owned');
    expect(isWanted(directory)).toBe(true);
    addOwner(directory, identifyChild(sleeper.pid ?? 0));
    expect(isWanted(directory)).toBe(true);
    sleeper.kill('SIGKILL');
    await until('nobody does', () => !isWanted(directory));
    addOwner(directory, undefined);
    expect(isWanted(directory)).toBe(true);
  });
});

function listen(at: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(at, '127.0.0.1', () => resolve(server));
  });
}

/** A port that is free, as the one behind it is. */
async function freePort(): Promise<number> {
  const server = await listen(0);
  const address = server.address();
  const found = typeof address === 'object' && address !== null ? address.port : 0;
  const next = await new Promise<boolean>((resolve) => {
    const probe = createServer().listen(found + 1, '127.0.0.1', () => probe.close(() => resolve(true)));
    probe.once('error', () => resolve(false));
  });
  await new Promise((resolve) => server.close(resolve));
  return next ? found : freePort();
}
