import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProcesses } from '../../src/labs/state.ts';
import { run } from '../support/cli.ts';
import { eventually } from '../support/lab.ts';
import { MACHINES_WITHIN_MS, machinesMissing, type TestMachines, upMachines } from '../support/machines.ts';

const PORT = 30_680;
/** Many times what it takes on an idle machine. */
const WITHIN = { timeout: MACHINES_WITHIN_MS };

describe.skipIf(machinesMissing() !== undefined)('the lab hosts', () => {
  let home: string;
  let lab: TestMachines;
  let pids: number[];

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'aftershock-hosts-'));
    lab = await upMachines({ count: 2, home, portBase: PORT });
    pids = qemusOf(home);
  }, WITHIN.timeout);

  afterAll(async () => {
    await lab?.down();
    rmSync(home, { recursive: true, force: true });
  }, WITHIN.timeout);

  const aftershock = (...args: string[]) => run(args, { home });
  const vm1 = () => lab.machine('vm1');
  const said = async (line: string, user: 'root' | 'ops' = 'root'): Promise<string> => {
    const { code, stdout, stderr } = await vm1().ssh(line, { user });
    expect(code, stderr).toBe(0);
    return stdout.trim();
  };

  test('has machines with names, clocks, users and keys of their own', WITHIN, async () => {
    expect(pids).toHaveLength(2);
    const [first, second] = await Promise.all(
      lab.machines.map((one) =>
        one.ssh('hostname; cat /etc/machine-id; date +%s; systemctl is-system-running'),
      ),
    );
    const [name, id, clock, state] = first?.stdout.split('\n') ?? [];
    expect(name).toBe('vm1');
    expect(second?.stdout.split('\n')[0]).toBe('vm2');
    expect(second?.stdout.split('\n')[1]).not.toBe(id);
    expect(Math.abs(Number(clock) - Date.now() / 1_000)).toBeLessThan(60);
    expect(state).toBe('running');
    expect(await said('id -un; sudo -n id -un', 'ops')).toBe('ops\nroot');
    const inUse =
      'sch_netem sch_prio ifb cls_u32 cls_flower cls_matchall act_mirred act_gact nf_tables autofs4';
    expect(await said(`for module in ${inUse}; do modprobe "$module" || echo "$module"; done`)).toBe('');
    expect(await said('systemctl list-timers --no-legend')).toBe('');
  });

  test('joins them by a wire, which netem makes slow, and a reset makes all as before', WITHIN, async () => {
    const { address } = lab.machine('vm2');
    const times = async (to: string) =>
      [...(await said(`ping -n -c 3 ${to}`)).matchAll(/time=([\d.]+) ms/g)].map(([, ms]) => Number(ms));
    expect(await times(address)).toHaveLength(3);
    expect(await times('fd77::2')).toHaveLength(3);
    await said('tc qdisc add dev eth1 root netem delay 700ms && echo left > /root/left');
    for (const ms of await times(address)) expect(ms).toBeGreaterThan(690);
    const reset = await aftershock('lab', 'reset', 'hosts', 'vm1', '--port', String(PORT));
    expect(reset.code, reset.stderr).toBe(0);
    expect(reset.stdout).toContain('vm1 is as it was when the lab came up');
    expect(await said('tc qdisc show dev eth1; ls /root')).not.toMatch(/netem|left/);
    const clock = Number(await said('date +%s'));
    expect(Math.abs(clock - Date.now() / 1_000)).toBeLessThan(60);
  });

  test('a machine that is off, stopped or cut off comes back by a reset', WITHIN, async () => {
    const gone = async () => (await vm1().ssh('true', { timeout_ms: 4_000 })).code !== 0;
    await vm1().linkDown();
    expect(await gone()).toBe(true);
    const other = await lab.machine('vm2').ssh(`ping -n -c 1 -w 20 ${vm1().address}`);
    expect(other.code, other.stdout).toBe(0);
    await vm1().linkUp();
    expect(await said('echo back')).toBe('back');
    await vm1().pause();
    expect(await gone()).toBe(true);
    await vm1().resume();
    expect(await said('echo back')).toBe('back');
    await vm1().ssh('systemctl poweroff');
    await eventually('it is off', 120_000, async () => ((await gone()) ? true : undefined));
    await vm1().reset();
    expect(await said('hostname')).toBe('vm1');
  });

  test('a machine that is reset by its button boots again, as itself', WITHIN, async () => {
    const boot = await said('cat /proc/sys/kernel/random/boot_id');
    await vm1().hardReboot();
    const again = await eventually('it has booted', 300_000, async () => {
      const ran = await vm1().ssh('cat /proc/sys/kernel/random/boot_id', { timeout_ms: 20_000 });
      return ran.code === 0 && ran.stdout.trim() !== boot ? ran.stdout : undefined;
    });
    expect(again).toMatch(/^[0-9a-f-]{36}$/m);
    // sshd answers before the wire has its address.
    await eventually('it is itself', 60_000, async () => {
      const told = await said('hostname; ip -o -4 addr show dev eth1');
      return /^vm1\n.*10\.77\.0\.1\//s.test(told) ? told : undefined;
    });
    await vm1().reset();
  });

  test('exec runs a command word by word, with its exit code', WITHIN, async () => {
    const at = ['--port', String(PORT)];
    const ran = await aftershock(
      'lab',
      'exec',
      'hosts',
      'vm2',
      ...at,
      '--',
      'sh',
      '-c',
      'hostname; echo "a  $0"; exit 7',
      "it's",
    );
    expect(ran).toMatchObject({ code: 7, stdout: "vm2\na  it's\n" });
    const wrong = await aftershock('lab', 'exec', 'hosts', 'vm3', ...at, '--', 'true');
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toContain('there is no machine of the lab hosts vm3');
  });

  test('status and a system file know it', WITHIN, async () => {
    const status = await aftershock('lab', 'status', 'hosts');
    expect(status.stdout).toContain(`ssh -F ${lab.sshConfig} vm1 uptime`);
    expect(status.stdout).toContain(`lab: { name: hosts, port: ${PORT} }`);
    const system = (lines: string) => {
      writeFileSync(join(home, 'system.yaml'), `name: s\nlab: { name: hosts, port: ${PORT} }\n${lines}`);
    };
    const pausing = (host: string) =>
      writeFileSync(
        join(home, 'experiment.yaml'),
        `title: t\nquestion: q?\nsystem: system.yaml\nfaults:\n  - { id: f, fault: process.pause, target: { host: ${host}, command: nginx, pick: 1 } }\n`,
      );
    system('limits: { targets: 2 }\n');
    pausing('vm3');
    const unknown = await aftershock('plan', join(home, 'experiment.yaml'));
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toMatch(/names no host `vm3`.*expected vm1, vm2/s);
    pausing('vm1');
    // A login or a script may take longer than a plan has patience for, where many machines share few processors.
    const planned = await eventually('it is planned', 400_000, async () => {
      const tried = await aftershock('plan', join(home, 'experiment.yaml'));
      return /no connection to the host within|had not ended after|was cancelled/.test(tried.stderr)
        ? undefined
        : tried;
    });
    expect(planned.code, planned.stdout + planned.stderr).toBe(0);
    expect(planned.stdout).toContain('vm1');
    system('signals: { pods: { kubernetes.pods: { selector: app=a } } }\n');
    const refused = await aftershock('plan', join(home, 'experiment.yaml'));
    expect(refused.stderr).toContain('needs a cluster, and the system file names none');
  });

  test('goes down with all of its processes and sockets', WITHIN, async () => {
    const folder = join(home, 'labs', `hosts-${PORT}`);
    expect(
      readProcesses(folder)
        .map(({ pid }) => pid)
        .sort(),
    ).toEqual([...pids].sort());
    await lab.down();
    expect(qemusOf(home)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    const status = await aftershock('lab', 'status', 'hosts');
    expect(status.stdout).toBe('hosts is not up\n');
    const answered = await aftershock('lab', 'reset', 'hosts', '--port', String(PORT));
    expect(answered).toMatchObject({ code: 3 });
    expect(answered.stderr).toContain('aftershock lab up hosts');
  });
});

test('says what is in the way of the machines', async ({ onTestFinished }) => {
  const home = mkdtempSync(join(tmpdir(), 'aftershock-hosts-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const count = await run(['lab', 'up', 'hosts', '--port', '30690', '--set', 'machines.COUNT=9'], { home });
  expect(count).toMatchObject({ code: 3 });
  expect(count.stderr).toContain('machines.COUNT is `9`');
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(30_691, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const port = await run(['lab', 'up', 'hosts', '--port', '30690'], { home });
  expect(port).toMatchObject({ code: 3 });
  expect(port.stderr).toContain(
    "another program listens on 127.0.0.1:30691, where the lab's ssh of vm2 should",
  );
  expect(readdirSync(join(home, 'labs'))).toEqual([]);
});

/** The machines of a home that run, by where they were started. */
function qemusOf(home: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return command.startsWith('qemu-system') && readlinkSync(`/proc/${pid}/cwd`).startsWith(home);
      } catch {
        return false;
      }
    })
    .map(Number);
}
