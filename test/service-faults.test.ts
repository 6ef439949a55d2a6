import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { run, type Where } from './support/cli.ts';
import { frozenRun } from './support/drill.ts';
import { eventually } from './support/lab.ts';
import { machinesMissing, type TestMachine, type TestMachines, upMachines } from './support/machines.ts';

// Services and processes of a machine over ssh, as a user breaks them.

const PORT = 31_060;
const LEASE_S = 30;
/** A lease, 5 s, and what an emulated machine needs beside them. */
const HOST_WITHIN_MS = (LEASE_S + 5 + 15) * 1_000;

interface Written {
  fault: string;
  target: string;
  with?: string;
  hold?: string;
  /** What is watched. */
  name?: string;
}

describe.skipIf(machinesMissing() !== undefined)('services and processes over ssh', () => {
  let folder = '';
  let machines: TestMachines;
  let where: Where & { env: Record<string, string> };
  const vm = (): TestMachine => machines.machine('vm1');
  /** What a command printed there. */
  const on = async (line: string): Promise<string> => (await vm().ssh(line)).stdout.trim();
  const property = (unit: string, name: string): Promise<string> =>
    on(`systemctl show --value -p ${name} -- ${unit}`);
  const left = (): Promise<string> =>
    on('ls -A /run/aftershock /var/lib/aftershock 2>/dev/null | grep -v -e : -e lock');

  const experiment = (written: Written): string => {
    const { fault, target, hold = '2s', name = 'cron' } = written;
    const given = written.with === undefined ? '' : `, with: ${written.with}`;
    writeFileSync(
      join(folder, 'system.yaml'),
      `name: machines
lab: { name: hosts, port: ${PORT}, settings: { machines: { COUNT: '1' } } }
signals: { watched: { process: { host: vm1, name: ${name} } } }
`,
    );
    writeFileSync(
      join(folder, 'experiment.yaml'),
      `title: Drill of ${fault}
question: Is it as it was?
system: system.yaml
steady: [ watched.count.last >= 0 ]
faults: [ { id: f, fault: ${fault}, target: { host: vm1, ${target} }${given} } ]
predict: [ { id: p, expect: watched.count.min >= 0, confidence: 0.5 } ]
timing: { baseline: 1s, watch: 1s, hold: ${hold}, sliding: 1s, steady_for: 500ms }
`,
    );
    return join(folder, 'experiment.yaml');
  };
  /** Runs it to its end; what it said. */
  const done = async (written: Written): Promise<string> => {
    const ran = await run(['run', experiment(written), '--yes'], where);
    // What is predicted of a slow machine may stay unknown (3); that it was undone may not.
    expect([0, 3], ran.stdout + ran.stderr).toContain(ran.code);
    expect(ran.stdout).toContain('recovered  f:');
    expect(await left()).toBe('');
    return ran.stdout;
  };
  /** Runs it until its effect is seen, then kills the run and its guardian. */
  const abandoned = async (written: Written): Promise<void> => {
    const at = {
      experiment: experiment(written),
      runs: mkdtempSync(join(folder, 'runs-')),
      step: 'effective',
    };
    const drill = await frozenRun(at, where);
    process.kill(drill.guardian.pid, 'SIGKILL');
    process.kill(drill.running.pid, 'SIGKILL');
    await drill.running.finished;
  };
  const healed = async (): Promise<void> => {
    const ran = await run(['heal'], where);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await left()).toBe('');
  };
  /** An own process there; gives its number. */
  const victim = async (): Promise<string> => {
    await on("setsid sh -c 'while sleep 1; do :; done' the-victim >/dev/null 2>&1 </dev/null &");
    return eventually(
      'the victim runs',
      20_000,
      async () => (await on('pgrep -xf ".* the-victim"')) || undefined,
    );
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aftershock-services-'));
    where = { home: join(folder, 'home'), cwd: folder, env: { AFTERSHOCK_LEASE: String(LEASE_S) } };
    machines = await upMachines({ count: 1, home: where.home ?? '', portBase: PORT });
  }, 240_000);
  afterAll(async () => {
    await machines?.down();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);
  beforeEach(async () => {
    await vm().reset();
  }, 60_000);

  test('a stopped service is away, then back, enabled as before', async () => {
    const get = String.raw`exec 3<>/dev/tcp/10.77.0.1/80 && printf "GET / HTTP/1.0\r\n\r\n" >&3 && head -n 1 <&3`;
    const ask = (): Promise<string> => on(`timeout 5 bash -c '${get}' 2>/dev/null | grep -c 200`);
    const answers = (): Promise<true> =>
      eventually('nginx answers', 60_000, async () => ((await ask()) === '0' ? undefined : true));
    await answers();
    const running = done({ fault: 'service.stop', target: 'unit: nginx', hold: '15s' });
    await eventually('it is away', 120_000, async () => ((await ask()) === '0' ? true : undefined));
    expect(await running).toContain('nginx.service is inactive');
    await answers();
    expect(await property('nginx', 'UnitFileState')).toBe('enabled');
  });

  test('a killed service comes back: by systemd where its Restart= says so, else by us', async () => {
    const [nginx, cron] = [await property('nginx', 'MainPID'), await property('cron', 'MainPID')];
    const ours = await done({ fault: 'service.kill', target: 'unit: nginx' });
    expect(ours).toContain('Restart=no: systemd does not start it again');
    expect(await property('nginx', 'ActiveState')).toBe('active');
    expect(await property('nginx', 'MainPID')).not.toBe(nginx);
    const systemd = await done({ fault: 'service.kill', target: 'unit: cron', with: '{ processes: main }' });
    expect(systemd).toContain('systemd started it again');
    expect(await property('cron', 'MainPID')).not.toBe(cron);
    expect(await property('cron', 'NRestarts')).toBe('1');
  });

  test('a restarted service is another invocation', async () => {
    const before = await property('nginx', 'InvocationID');
    expect(await done({ fault: 'service.restart', target: 'unit: nginx' })).toContain(`was ${before}`);
    expect(await property('nginx', 'ActiveState')).toBe('active');
    expect(await property('nginx', 'InvocationID')).not.toBe(before);
  });

  test('what runs and is not enabled runs again after a reboot during the stop', async () => {
    await on('systemctl disable nginx; sync');
    await abandoned({ fault: 'service.stop', target: 'unit: nginx', hold: '120s' });
    expect(await property('nginx', 'ActiveState')).toBe('inactive');
    await vm().hardReboot();
    await eventually('it runs again', 120_000, async () =>
      (await property('nginx', 'ActiveState')) === 'active' ? true : undefined,
    );
    expect(await property('nginx', 'UnitFileState')).toBe('disabled');
    await eventually('nothing is left', 30_000, async () => ((await left()) === '' ? true : undefined));
    await healed();
    expect(await on('ls /etc/systemd/system | grep aftershock')).toBe('');
  });

  test('the host starts a killed process again when run and guardian are dead', async () => {
    const pid = await victim();
    const restart = `"exec sh -c 'while sleep 1; do :; done' the-victim"`;
    await abandoned({
      fault: 'process.kill',
      target: 'command: the-victim',
      with: `{ restart: ${restart} }`,
    });
    const next = await eventually('it runs again', HOST_WITHIN_MS, async () => {
      const found = await on('pgrep -xf ".* the-victim"');
      return found === '' ? undefined : found;
    });
    expect(next).toMatch(/^\d+$/);
    expect(next).not.toBe(pid);
    expect(await on(`cat /proc/${next}/oom_score_adj`)).toBe('0');
    await eventually('nothing is left', 30_000, async () => ((await left()) === '' ? true : undefined));
    await healed();
    expect(await on('pgrep -xf ".* the-victim"')).toBe(next);
  });

  test('the host lets a frozen process go on when run and guardian are dead', async () => {
    const pid = await victim();
    const state = (): Promise<string> => on(`cut -d' ' -f3 /proc/${pid}/stat`);
    await abandoned({ fault: 'process.pause', target: 'command: the-victim', hold: '120s' });
    expect(await state()).toBe('T');
    await eventually('it goes on', HOST_WITHIN_MS, async () => ((await state()) === 'T' ? undefined : true));
    await eventually('nothing is left', 30_000, async () => ((await left()) === '' ? true : undefined));
    await healed();
  });

  test('what carries our own way there is refused unless it is meant, and a service is said to', async () => {
    const planned = async (written: Written) => run(['plan', experiment(written)], where);
    const sshd = await planned({ fault: 'process.pause', target: 'name: sshd, pick: 1' });
    expect(sshd.code, sshd.stdout).toBe(2);
    expect(sshd.stderr).toContain('cuts_us_off');
    const port = await planned({
      fault: 'process.pause',
      target: 'port: 22, pick: 1',
      with: '{ cuts_us_off: true }',
    });
    expect(port.stdout + port.stderr).toContain('can cut our own way');
    const ssh = await planned({ fault: 'service.stop', target: 'unit: sshd' });
    expect(ssh.code, ssh.stderr).toBe(0);
    expect(ssh.stdout).toContain('systemctl stop ssh.service');
    expect(ssh.stdout).toContain('it takes our connections');
    const none = await planned({ fault: 'service.stop', target: 'unit: nothing-such' });
    expect(none.stderr).toContain('There is no service nothing-such.service');
  });
});
