import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Finished, run, start } from './support/cli.ts';
import { eventually } from './support/lab.ts';
import { machinesMissing, type TestMachines, upMachines } from './support/machines.ts';

const PORT = 31_020;
/** Many times what it takes on an idle machine. */
const WITHIN = { timeout: 900_000 };
const BOOT_MS = 300_000;

describe.skipIf(machinesMissing() !== undefined)('loads on a machine behind ssh', () => {
  let home: string;
  let lab: TestMachines;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'aftershock-loads-'));
    lab = await upMachines({ count: 1, home, portBase: PORT });
  }, WITHIN.timeout);

  beforeEach(() => lab.machine('vm1').reset(), WITHIN.timeout);

  afterAll(async () => {
    await lab?.down();
    rmSync(home, { recursive: true, force: true });
  }, WITHIN.timeout);

  /** The shortest experiment with one fault on the machine; gives its path. */
  function experiment(fault: string, params: string, hold = '3s'): string {
    const folder = mkdtempSync(join(home, 'x-'));
    const host = `{ ssh: vm1, config: ${lab.sshConfig} }`;
    const system = `
name: loads
hosts: { vm1: ${host} }
signals: { web: { process: { host: vm1, command: 'nginx: master' } } }
`;
    const written = `
title: Load
question: Is the machine as it was?
system: system.yaml
steady: [ web.running.last ]
faults: [ { id: f, fault: ${fault}, target: { host: vm1 }, with: ${params} } ]
timing: { baseline: 2s, watch: 1s, hold: ${hold}, sliding: 1s, steady_for: 500ms }
`;
    writeFileSync(join(folder, 'system.yaml'), system);
    writeFileSync(join(folder, 'experiment.yaml'), written);
    return join(folder, 'experiment.yaml');
  }

  const ran = (fault: string, params: string): Promise<Finished> =>
    run(['run', experiment(fault, params), '--yes'], { home });

  const said = async (line: string): Promise<string> => (await lab.machine('vm1').ssh(line)).stdout.trim();

  async function expectAsBefore(): Promise<void> {
    expect(
      await said('cat /proc/[0-9]*/cmdline | tr "\\0" "\\n" | grep -c "^aftershock-load-[0-9a-f]"'),
    ).toBe('0');
    expect(await said('ls -A /run/aftershock /var/lib/aftershock 2>/dev/null')).toBe('');
    expect(await said('find / -xdev -name ".aftershock-*"')).toBe('');
    expect(await said('systemctl is-active ssh nginx')).toBe('active\nactive');
  }

  test.each([
    ['cpu.load', '{ percent: 60%, cores: [1] }', /1 worker used \d+% of a core each \(asked now: 60%\)/],
    ['memory.load', '{ percent: 60%, reserve: 32Mi }', /workers hold \d+ MiB/],
    ['disk.fill', '{ path: /var/lib, percent: 100% }', /100% of the file system are used and 0 MiB free/],
    ['disk.load', '{ path: /var/lib, mode: [read, write, fsync], size: 8Mi }', /3 workers read [1-9]/],
  ])('%s is seen, and nothing is left', WITHIN, async (fault, params, evidence) => {
    const done = await ran(fault, params);
    expect(done.code, done.stdout + done.stderr).toBe(0);
    expect(done.stdout + done.stderr).toMatch(evidence);
    await expectAsBefore();
  });

  test('memory that is nearly full leaves sshd alive, and the load is the first to go', WITHIN, async () => {
    const done = await ran('memory.load', '{ percent: 90%, reserve: 12Mi }');
    // So full a machine may be too slow for its lease: then it has undone it by itself.
    expect([0, 4], done.stdout + done.stderr).toContain(done.code);
    await eventually('the load is gone', 120_000, async () =>
      (await said('ls -A /var/lib/aftershock /run/aftershock 2>/dev/null | grep -v lock')) === ''
        ? true
        : undefined,
    );
    expect(await said('journalctl -k | grep -ci "out of memory"')).toBe('0');
    expect(await said('systemctl is-active ssh nginx')).toBe('active\nactive');
  });

  test('a reboot while the disk is full leaves no file', WITHIN, async () => {
    const running = start(['run', experiment('disk.fill', '{ path: /srv, reserve: 0B }', '60s'), '--yes'], {
      home,
    });
    await eventually('the disk is full', 300_000, () => /effect\s+f:/.test(running.output()) || undefined);
    expect(await said('ls -A /srv')).toMatch(/^\.aftershock-[0-9a-f]{8}\.fill$/);
    const boot = await said('cat /proc/sys/kernel/random/boot_id');
    await lab.machine('vm1').hardReboot();
    await eventually('it has booted', BOOT_MS, async () => {
      const now = await said('cat /proc/sys/kernel/random/boot_id').catch(() => '');
      return now !== '' && now !== boot ? true : undefined;
    });
    await eventually('the file is gone', 120_000, async () => (await said('ls -A /srv')) === '' || undefined);
    await running.finished;
    await eventually('no record is left', 60_000, async () =>
      (await said('ls -A /var/lib/aftershock 2>/dev/null')) === '' ? true : undefined,
    );
  });
});
