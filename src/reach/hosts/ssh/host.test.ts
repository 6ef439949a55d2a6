import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from '../../../../test/support/lab.ts';
import { needs } from '../../../../test/support/needs.ts';
import { type Sshd, startSshd } from '../../../../test/support/sshd.ts';
import type { Host, HostRan, HostScript } from '../../../model/contracts/world.ts';
import { factsOf } from '../facts.ts';
import { lookAtProcesses } from '../processes.ts';
import { neverTarget, select } from '../select.ts';
import { sshHost } from './host.ts';

const never = new AbortController().signal;

const isAlive = (pid: number): boolean => {
  try {
    // A zombie is dead, whoever has not waited for it.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const noneAlive = (pids: readonly number[]): Promise<true> =>
  eventually(`${pids.join(', ')} are gone`, 10_000, () => pids.every((pid) => !isAlive(pid)) || undefined);

describe.skipIf(!needs('sshd'))('a host over ssh', () => {
  const endings: (() => Promise<void>)[] = [];
  let sshd: Sshd;
  let host: Host;

  beforeAll(async () => {
    sshd = await startSshd({ port: 30_700, onTestFinished: (end) => endings.push(end) });
    host = sshHost('box', { kind: 'ssh', destination: 'box', config: sshd.config }, []);
  });
  afterAll(async () => {
    await host.close?.();
    for (const end of endings) await end();
  });

  const ran = async (script: HostScript): Promise<HostRan> => {
    const result = await host.run({ deadline_ms: 30_000, ...script }, never);
    if (!result.ok) throw new Error(`${result.problem.kind}: ${result.problem.text}`);
    return result.value;
  };

  test('a key that only an agent has is enough', async () => {
    const socket = join(sshd.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    onTestFinished(() => {
      vi.unstubAllEnvs();
      agent.kill('SIGKILL');
    });
    vi.stubEnv('SSH_AUTH_SOCK', socket);
    await eventually('the agent takes the key', 10_000, () => {
      const { status } = spawnSync('ssh-add', [sshd.key], { stdio: 'ignore' });
      return status === 0 ? true : undefined;
    });
    const config = join(sshd.folder, 'agent_config');
    const without = readFileSync(sshd.config, 'utf8').replaceAll(
      /^(?:IdentitiesOnly|IdentityAgent|IdentityFile).*$/gm,
      '',
    );
    writeFileSync(config, `IdentityFile none\n${without}`);
    const box = sshHost('box', { kind: 'ssh', destination: 'box', config }, []);
    onTestFinished(async () => box.close?.());
    expect(await box.run({ script: 'echo in' }, never)).toMatchObject({
      ok: true,
      value: { stdout: 'in\n' },
    });
  });

  test('it tells how a script ended, and what it said', async () => {
    expect(await ran({ script: 'echo out; echo err >&2; exit 7' })).toEqual({
      code: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await ran({ script: 'printf "no end"; exit 255' })).toEqual({
      code: 255,
      stdout: 'no end',
      stderr: '',
    });
    expect((await ran({ script: 'kill -s KILL $$' })).code).toBe(137);
    expect((await ran({ script: 'no-such-program' })).code).toBe(127);
    expect((await ran({ script: 'exit 0', stdin: 'x'.repeat(1_000_000) })).code).toBe(0);
    expect((await ran({ script: 'wc -c', stdin: 'é'.repeat(300_000) })).stdout.trim()).toBe('600000');
  });

  test('a script knows how it came there, and through whom', async () => {
    const { stdout } = await ran({
      script: 'echo "$AFTERSHOCK_KIND|$AFTERSHOCK_NETNS|$AFTERSHOCK_PEER|$PWD"; readlink /proc/self/fd/0',
    });
    expect(stdout).toMatch(/^ssh\|\|127\.0\.0\.1 \d+ 127\.0\.0\.1 30700\|\/\n\/dev\/null\n$/);
  });

  test('a script gets its values as they are, whatever is in them', async () => {
    const hostile = fc.oneof(
      fc.string({
        unit: fc.constantFrom("'", '"', '\\', '\n', '$', '`', '!', '-', ' ', 'é', '\r', '%', '*'),
      }),
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
    );
    const property = fc.asyncProperty(hostile, hostile, async (one, other) => {
      const said = await ran({ script: 'printf "%s|" "$@"; cat', args: [one, other], stdin: one });
      expect(said).toEqual({ code: 0, stdout: `${one}|${other}|${one}`, stderr: '' });
    });
    await fc.assert(property, {
      numRuns: 25,
      examples: [
        ['$(touch /tmp/x)', "'; exit 9; '"],
        ['-n', '`id`'],
        ['--', '\n\n'],
        ["'".repeat(50_000), '\\'.repeat(50_000)],
      ],
    });
  });

  test('twenty at once, and each has its own answer', async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => String(index));
    const script = 'sleep 1; echo "$1"; exit "$1"';
    const all = await Promise.all(numbers.map((number) => ran({ script, args: [number] })));
    expect(all).toEqual(
      numbers.map((number) => ({ code: Number(number), stdout: `${number}\n`, stderr: '' })),
    );
  });

  test('lines come as they are said, and what a login says before is not among them', async () => {
    const lines: string[] = [];
    const script = 'printf "a\\nb"; sleep 0.2; printf "c\\n\\nd"';
    await ran({ script, onLine: (line) => void lines.push(line) });
    expect(lines).toEqual(['a', 'bc', '']);
  });

  test('a script that does not end is ended there, with all that it started but what left it', async () => {
    const pids: number[] = [];
    const script = 'sleep 600 & echo $!; setsid sleep 601 >/dev/null 2>&1 & echo $!; echo $$; wait';
    const onLine = (line: string): void => void pids.push(Number(line));
    const result = await host.run({ script, deadline_ms: 3_000, onLine }, never);
    expect(result).toMatchObject({ ok: false, problem: { kind: 'timeout', uncertain: true } });
    const [inside = 0, outside = 0, itself = 0] = pids;
    await noneAlive([inside, itself]);
    expect(isAlive(outside)).toBe(true);
    process.kill(outside, 'SIGKILL');
  });

  test('a script is ended there when its caller gives up', async () => {
    const calling = new AbortController();
    const pids: number[] = [];
    const onLine = (line: string): void => {
      pids.push(Number(line));
      calling.abort();
    };
    const script = { script: 'echo $$; exec sleep 600', onLine, deadline_ms: Number.POSITIVE_INFINITY };
    expect(await host.run(script, calling.signal)).toMatchObject({ problem: { kind: 'aborted' } });
    expect(pids).toHaveLength(1);
    await noneAlive(pids);
    expect(await host.run(script, calling.signal)).toMatchObject({ problem: { kind: 'aborted' } });
  });

  test('a connection that is cut in the middle leaves a script uncertain, ends it, and the next one opens anew', async () => {
    const pids: number[] = [];
    const onLine = (line: string): void => {
      pids.push(Number(line));
      for (const pid of sshd.connections()) process.kill(pid, 'SIGKILL');
    };
    const cut = await host.run({ script: 'echo $$; exec sleep 600', onLine, deadline_ms: 20_000 }, never);
    expect(cut).toMatchObject({ ok: false, problem: { kind: 'lost', uncertain: true } });
    await noneAlive(pids);
    expect((await ran({ script: 'echo back' })).stdout).toBe('back\n');
  });

  test('an sshd that is started again is found again', async () => {
    expect((await ran({ script: 'echo before' })).stdout).toBe('before\n');
    sshd.crash();
    const down = await host.run({ script: 'echo lost', deadline_ms: 10_000 }, never);
    expect(down).toMatchObject({ ok: false });
    await sshd.start();
    const back = await eventually('it answers again', 20_000, async () => {
      const said = await host.run({ script: 'echo back', deadline_ms: 5_000 }, never);
      return said.ok ? said.value.stdout : undefined;
    });
    expect(back).toBe('back\n');
  });

  test('a control master that hangs is left alone, and the next script opens another', async () => {
    expect((await ran({ script: 'echo before' })).stdout).toBe('before\n');
    const stopped = mastersOf();
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    try {
      const hung = await host.run({ script: 'echo lost', deadline_ms: 2_000 }, never);
      expect(hung).toMatchObject({ ok: false, problem: { kind: 'timeout', uncertain: true } });
      expect((await ran({ script: 'echo back' })).stdout).toBe('back\n');
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGKILL');
    }
  });

  test.skipIf(!needs('busybox'))('a machine that has BusyBox and nothing else', async () => {
    const bin = join(sshd.folder, 'busybox');
    mkdirSync(bin);
    const installed = spawnSync('busybox', ['--install', '-s', bin], { encoding: 'utf8' });
    expect(installed.status, installed.stderr).toBe(0);
    const small = await startSshd({
      port: 30_701,
      lines: [`SetEnv PATH=${bin}`],
      onTestFinished: (end) => endings.push(end),
    });
    const box = sshHost('small', { kind: 'ssh', destination: 'box', config: small.config }, []);
    onTestFinished(() => box.close?.());
    const pids: number[] = [];
    const said = await box.run(
      {
        script: 'readlink /proc/$$/exe; cat; echo "$1"; exit 4',
        args: ["a'b"],
        stdin: 'in\n',
        deadline_ms: 20_000,
      },
      never,
    );
    expect(said).toMatchObject({ value: { code: 4, stdout: expect.stringMatching(/busybox\nin\na'b\n$/) } });
    const onLine = (line: string): void => void pids.push(Number(line));
    const late = await box.run(
      { script: 'sleep 600 & echo $!; echo $$; wait', onLine, deadline_ms: 2_000 },
      never,
    );
    expect(late).toMatchObject({ problem: { kind: 'timeout' } });
    expect(pids).toHaveLength(2);
    await noneAlive(pids);
    const facts = await factsOf(box, never);
    expect(facts).toMatchObject({
      value: {
        kind: 'ssh',
        peer: { server: '127.0.0.1', serverPort: 30_701 },
        tools: expect.arrayContaining(['setsid']),
      },
    });
    if (facts.ok)
      expect(Math.abs(facts.value.clock?.offset_ms ?? Number.NaN)).toBeLessThanOrEqual(
        facts.value.clock?.error_ms ?? 0,
      );
    const looked = await lookAtProcesses(box, 'port', never);
    expect(looked).toMatchObject({ ok: true });
    if (!looked.ok) return;
    const self = looked.value.rows.get(process.pid);
    expect(self?.command).toContain('vitest');
    expect(select(looked.value, { port: 30_701 }).length).toBeGreaterThan(0);
    // The sshd above our session carries us.
    const [server] = select(looked.value, { port: 30_701 });
    expect(server === undefined ? '' : neverTarget(looked.value, server, [])).toContain(
      'aftershock runs below it',
    );
  });
});

/** Processes of this test's own control masters. */
function mastersOf(): number[] {
  const listed = spawnSync(
    'pgrep',
    ['-f', `^ssh -F [^ ]*/aftershock-ssh-${process.pid}-[^ ]* .*ControlMaster=yes`],
    { encoding: 'utf8' },
  );
  return listed.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}
