import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { configPath, settingTheClock, ssh, sshConfig, sshUntil, writeSshFiles } from './ssh.ts';

const never = new AbortController().signal;
const machines = [
  { name: 'vm1', port: 30_022 },
  { name: 'vm2', port: 30_023 },
];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'a %h b-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

describe('ssh_config', () => {
  test('is read by ssh as it is meant, in a folder with any name', () => {
    writeFileSync(join(folder, 'ssh_config'), sshConfig(folder, machines));
    const config = (host: string): string =>
      execFileSync('ssh', ['-F', join(folder, 'ssh_config'), '-G', host], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    expect(config('vm1')).toMatch(/^user root$/m);
    expect(config('vm1')).toMatch(/^hostname 127\.0\.0\.1$/m);
    expect(config('vm2')).toMatch(/^port 30023$/m);
    expect(config('vm2-ops')).toMatch(/^user ops$/m);
    expect(config('vm2-ops')).toMatch(/^port 30023$/m);
    expect(config('vm1')).toMatch(/^stricthostkeychecking true$/m);
    expect(config('vm1')).toContain(`userknownhostsfile ${folder}/known_hosts\n`);
  });

  test('comes with a key that only its owner reads, and the host key for each port', () => {
    writeFileSync(join(folder, 'host_key.pub'), 'ssh-ed25519 AAAA machine\n');
    const image = mkdtempSync(join(folder, 'image-'));
    writeFileSync(join(image, 'host_key.pub'), 'ssh-ed25519 AAAA machine\n');
    writeFileSync(join(image, 'id_ed25519'), 'secret', { mode: 0o600 });
    writeSshFiles(folder, machines, image);
    expect(readFileSync(join(folder, 'known_hosts'), 'utf8')).toBe(
      '[127.0.0.1]:30022 ssh-ed25519 AAAA\n[127.0.0.1]:30023 ssh-ed25519 AAAA\n',
    );
    expect(statSync(join(folder, 'id_ed25519')).mode & 0o777).toBe(0o600);
    expect(statSync(configPath(folder)).mode & 0o777).toBe(0o600);
  });
});

describe('a line on a machine', () => {
  /** An ssh that runs the line here; each call leaves a line in `calls`. */
  function fakeSsh(script: string): { calls: () => string[] } {
    const path = process.env['PATH'] ?? '';
    const bin = mkdtempSync(join(folder, 'bin-'));
    const calls = join(bin, 'calls');
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\necho "$*" >> '${calls}'\nfor line; do :; done\n${script}\n`);
    chmodSync(join(bin, 'ssh'), 0o755);
    process.env['PATH'] = `${bin}${delimiter}${path}`;
    onTestFinished(() => {
      process.env['PATH'] = path;
    });
    return { calls: () => readFileSync(calls, 'utf8').trim().split('\n') };
  }
  const command = (line: string) => ({ config: 'c', host: 'vm1', line, timeout_ms: 5_000 });

  test('gives what it printed, and its exit code', async () => {
    fakeSsh('exec sh -c "$line"');
    const ran = await ssh(command('echo out; echo err >&2; exit 3'), never);
    expect(ran).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  test('reads its answer when it is ready, and otherwise nothing', async () => {
    fakeSsh('exec sh -c "$line"');
    const line = 'echo ready && read -r now && echo "$now"';
    const before = Date.now() / 1_000;
    const ran = await ssh({ ...command(line), answer: settingTheClock.answer }, never);
    const [, now] = ran.stdout.split('\n');
    expect(Number(now)).toBeGreaterThan(before - 0.001);
    expect(await ssh(command('cat'), never)).toMatchObject({ code: 0, stdout: '' });
  });

  test('ends by its deadline', async () => {
    fakeSsh('exec sleep 60');
    expect(await ssh({ ...command('true'), timeout_ms: 200 }, never)).toMatchObject({ code: null });
  });

  test('is tried until the machine answers, with more patience each time', async () => {
    const { calls } = fakeSsh(
      '[ "$(wc -l < "$(dirname "$0")/calls")" -ge 3 ] && exec sh -c "$line"; exit 255',
    );
    const ran = await sshUntil({ ...command('echo up'), within_ms: 30_000 }, never);
    expect(ran).toMatchObject({ code: 0, stdout: 'up\n' });
    expect(calls().map((call) => /ConnectTimeout=(\d+)/.exec(call)?.[1])).toEqual(['3', '6', '12']);
  });

  test('that fails on the machine is not tried again, and no machine is waited for for ever', async () => {
    const { calls } = fakeSsh('exec sh -c "$line"');
    expect(await sshUntil({ ...command('exit 4'), within_ms: 30_000 }, never)).toMatchObject({ code: 4 });
    expect(calls()).toHaveLength(1);
    fakeSsh('exit 255');
    const ran = await sshUntil({ ...command('true'), within_ms: 500 }, never);
    expect(ran.code).not.toBe(0);
  });
});
