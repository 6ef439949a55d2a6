import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openInjections } from '../src/guard/journal.ts';
import { sleep } from '../src/reach/clock.ts';
import { machinePlace, NEIGHBOUR } from './matrix/machine.ts';
import { observed, startObserver } from './matrix/observer.ts';
import { localPlace, netnsPlace, type Place, ranBy, scriptText, told } from './matrix/place.ts';
import { changed, type State, stateOf } from './matrix/state.ts';
import { type Finished, root, run, start, temporary, type Where } from './support/cli.ts';
import { frozenRun } from './support/drill.ts';
import { eventually } from './support/lab.ts';
import { machinesMissing, type TestMachines, upMachines } from './support/machines.ts';

const LEASE_S = 10;
const isRoot = process.getuid?.() === 0;

/** Files of one run on a place, with a home and runs of its own. */
function controller(place: Place, fault: object, use: unknown = place.use): Where & { runs: string } {
  const folder = temporary();
  const system = { name: 'drill', hosts: { [place.host]: use }, limits: { targets: 1, percent: 100 } };
  writeFileSync(join(folder, 'system.yaml'), JSON.stringify(system));
  const text = `
title: Drill
question: Is the host as it was?
system: system.yaml
faults: [ ${JSON.stringify({ id: 'f', target: { host: place.host }, ...fault })} ]
timing: { baseline: 1s, watch: 1s, sliding: 1s }
`;
  writeFileSync(join(folder, 'experiment.yaml'), text);
  const runs = join(folder, 'runs');
  mkdirSync(runs);
  mkdirSync(join(folder, 'home'));
  const env = { ...place.env, AFTERSHOCK_LEASE: String(LEASE_S) };
  return { home: join(folder, 'home'), cwd: folder, env, runs };
}

const RUN = ['run', 'experiment.yaml', '--yes'];
const heal = (place: Place, where: Where): Promise<Finished> =>
  run(['heal', '--host', place.host, '--system', 'system.yaml'], where);

const nothingLeft = async (place: Place, where: Where): Promise<void> => {
  const healed = await heal(place, where);
  expect(healed.code, healed.stdout + healed.stderr).toBe(0);
  expect((await told(place, 'ls -A "$1" 2>/dev/null; exit 0', [place.records])).trim()).toBe('');
};

/** A session that just ended may take a moment to be gone. `but` is ours. */
async function asBefore(place: Place, before: State, but = 'none'): Promise<void> {
  let left: string[] = [];
  for (let tries = 0; tries < 10; tries += 1) {
    left = changed(before, await stateOf(place)).filter((line) => !line.includes(but));
    if (left.length === 0) return;
    await sleep(1_000);
  }
  expect(left).toEqual([]);
}

const DROP =
  'nft add table inet drill && nft add chain inet drill in "{ type filter hook input priority -300; }"';
const drop = (rule: string): object => ({
  inject: `${DROP} && nft add rule inet drill in ${rule} drop`,
  undo: 'nft delete table inet drill 2>/dev/null; ! nft list table inet drill >/dev/null 2>&1',
  probe: 'nft list table inet drill >/dev/null 2>&1',
  reboot: 'undoes',
});

/** Run and guardian are killed, and the host's own watchdog undoes while something else there goes on and on. */
async function undoneBeside(
  place: Place,
  { fault, broken, others }: { fault: object; broken: string; others: string },
): Promise<void> {
  const before = await stateOf(place);
  const where = controller(place, fault);
  const drill = await frozenRun(
    { experiment: join(where.cwd ?? '', 'experiment.yaml'), runs: where.runs, step: 'effective' },
    where,
  );
  await told(place, broken);
  process.kill(drill.guardian.pid, 'SIGKILL');
  process.kill(drill.running.pid, 'SIGKILL');
  await drill.running.finished;
  const stop = `${place.folder}/stop`;
  const going = place.sh(`until [ -e "$1" ]; do ${others}; done`, [stop], 120_000);
  await eventually('the record is gone', (LEASE_S + 25) * 1_000, async () => {
    const left = await told(place, 'ls -A "$1" 2>/dev/null; exit 0', [place.records]);
    return left.trim() === '' ? true : undefined;
  });
  await told(place, ': >"$1"', [stop]);
  await going;
  await told(place, 'rm "$1"', [stop]);
  await asBefore(place, before);
  expect(openInjections(drill.directory)).toHaveLength(1);
  await nothingLeft(place, where);
  expect(openInjections(drill.directory)).toEqual([]);
}

describe.skipIf(!isRoot)('on a network namespace', () => {
  let place: Place;
  beforeAll(async () => {
    place = await netnsPlace();
  });
  afterAll(() => place.close());

  test('a second controller is refused by the lock, and touches nothing', async () => {
    const fault = { fault: 'exec', with: drop('tcp dport 9'), for: '60s' };
    const [one, other] = [
      controller(place, fault),
      controller(place, { ...fault, with: drop('tcp dport 10') }),
    ];
    const first = start(RUN, one);
    await eventually('the first one acts', 60_000, () => /effect\s+f:/.test(first.output()) || undefined);
    const before = await stateOf(place);
    const second = await run(RUN, other);
    expect(second.code, second.stdout + second.stderr).toBe(6);
    expect(second.stderr).toContain(`is breaking the host ${place.host} now`);
    expect(second.stderr).toContain('→');
    await asBefore(place, before);
    // Who heals from elsewhere leaves what lives alone, too.
    const healed = await heal(place, other);
    expect(healed.code, healed.stdout + healed.stderr).toBe(5);
    await asBefore(place, before);
    const stopped = await run(['stop'], one);
    expect(stopped.code, stopped.stderr).toBe(0);
    expect((await first.finished).code).toBe(4);
    await nothingLeft(place, one);
  });

  test.each([
    ['changes tables of its own', 'nft -f -', ''],
    ['flushes the whole ruleset', 'nft -f -', 'flush ruleset'],
  ])('a watchdog undoes while somebody else %s', async (_what, command, flush) => {
    const rules = `
      ${flush}
      table inet other { chain out { type filter hook output priority 0; tcp dport 7 drop; } }
      flush table inet other
      table inet other { chain in { type filter hook input priority 0; tcp dport 8 drop; } }
      delete table inet other
    `;
    await undoneBeside(place, {
      fault: { fault: 'network.partition', with: { from: [place.peer] }, for: '60s' },
      broken: 'nft list tables | grep aftershock',
      others: `echo '${rules}' | ${command}`,
    });
  });

  test('a host that cannot keep the record of a fault is not touched', async () => {
    const full = mkdtempSync(join(tmpdir(), 'aftershock-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'drill', full]);
    onTestFinished(() => {
      execFileSync('umount', [full]);
      rmSync(full, { recursive: true });
    });
    const where = controller(place, { fault: 'exec', with: drop('tcp dport 9'), for: '10s' });
    const before = await stateOf(place);
    // There is room for a lock, and not for a record.
    await ranBy('sh', ['-c', 'dd if=/dev/zero of="$1/fill" bs=1k count=56', 'sh', full]);
    const env = { ...where.env, AFTERSHOCK_RUN_DIR: full };
    const { code, stdout, stderr } = await run(RUN, { ...where, env });
    expect(code, stdout + stderr).not.toBe(0);
    expect(stdout + stderr).toContain(`cannot be written on the host ${place.host}`);
    expect(stdout + stderr).not.toContain('internal error');
    await asBefore(place, before);
  });
});

describe('a host without enough rights', () => {
  test.skipIf(!isRoot)('a user who is not root is told so by the plan', async () => {
    const place = localPlace();
    onTestFinished(() => place.close());
    const where = controller(place, {
      fault: 'network.partition',
      with: { from: ['192.0.2.1'] },
      for: '5s',
    });
    for (const folder of [where.home, where.cwd ?? '']) chmodSync(folder, 0o777);
    const env = {
      ...process.env,
      ...where.env,
      AFTERSHOCK_HOME: where.home,
      AFTERSHOCK_RUN_DIR: '',
      NO_COLOR: '1',
    };
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--'];
    const planned = await ranBy(
      'setpriv',
      [
        ...nobody,
        'sh',
        '-c',
        'cd "$1" && exec "$2" plan experiment.yaml',
        'sh',
        where.cwd ?? '',
        join(root, 'bin/aftershock'),
      ],
      { env },
    );
    expect(planned.code, planned.stdout + planned.stderr).toBe(2);
    expect(planned.stderr).toContain('needs root on the host');
    expect(planned.stderr).toContain('→ Run aftershock as root');
  });
});

describe.skipIf(machinesMissing() !== undefined)('on a real machine', () => {
  let lab: TestMachines;
  let place: Place;
  let home: string;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'aftershock-guarantee-'));
    lab = await upMachines({ count: 1, home, portBase: 31_190 });
    place = machinePlace(lab, lab.machine('vm1'));
  }, 900_000);
  afterAll(async () => {
    await place.close();
    await lab.down();
    rmSync(home, { recursive: true, force: true });
  });

  test('a fault that cuts off its own controller is planned so, and undone in time', {
    timeout: 600_000,
  }, async () => {
    await place.reset();
    const before = await stateOf(place);
    await startObserver(place);
    const where = controller(place, {
      fault: 'network.partition',
      with: { from: ['all'], controller: 'cut' },
      for: '2s',
    });
    const planned = await run(['plan', 'experiment.yaml'], where);
    expect(planned.code, planned.stderr).toBe(0);
    expect(planned.stdout).toMatch(/cut .*(our|own)|own (way|connection)/i);
    const { code, stdout, stderr } = await run(RUN, where);
    expect(code, stdout + stderr).not.toBe(2);
    const log = await eventually('the host answers again, and has undone it', 240_000, async () => {
      const seen = await observed(place);
      return seen?.gone === undefined ? undefined : seen;
    });
    // Its lease is its deadline: what it is held for, 100 s for the making and 30 s.
    expect((log.gone ?? 0) - (log.renewed ?? 0)).toBeLessThan(2 + 100 + 30 + 5);
    await asBefore(place, before);
    await nothingLeft(place, where);
  });

  test.each([
    [
      'links and qdiscs come and go, as with containers',
      {
        fault: { fault: 'network.delay', with: { delay: '100ms', to: [NEIGHBOUR] }, for: '60s' },
        broken: 'tc qdisc show | grep netem',
        others:
          'ip link add other0 type veth peer name other1; tc qdisc add dev other0 root pfifo; ip link del other0',
      },
    ],
    [
      'systemd reads its units again, as packages make it do',
      {
        fault: { fault: 'service.stop', target: { host: 'vm1', unit: 'nginx' }, for: '60s' },
        broken: '! systemctl is-active --quiet nginx',
        others: 'systemctl daemon-reload',
      },
    ],
  ])('a watchdog undoes while %s', { timeout: 600_000 }, async (_what, beside) => {
    await place.reset();
    await undoneBeside(place, beside);
  });

  test('a record that somebody deletes takes its watchdog with it, and heal undoes by the journal', {
    timeout: 600_000,
  }, async () => {
    await place.reset();
    const before = await stateOf(place);
    const where = controller(place, { fault: 'exec', with: drop('tcp dport 9'), for: '60s' });
    const experiment = join(where.cwd ?? '', 'experiment.yaml');
    const drill = await frozenRun({ experiment, runs: where.runs, step: 'effective' }, where);
    process.kill(drill.guardian.pid, 'SIGKILL');
    process.kill(drill.running.pid, 'SIGKILL');
    await drill.running.finished;
    await told(
      place,
      'read -r dog _ <"$(ls /run/aftershock/*/watching)"; rm -rf /run/aftershock; kill -s KILL "$dog"',
    );
    await told(place, 'nft list table inet drill');
    await eventually('systemd starts it no more', 60_000, async () => {
      const units = await told(place, "systemctl list-units --all --plain --no-legend 'aftershock*'");
      return units.trim() === '' ? true : undefined;
    });
    await nothingLeft(place, where);
    await asBefore(place, before);
  });

  test('a user without sudo, a missing program, a full /run: refused, and nothing is touched', {
    timeout: 600_000,
  }, async () => {
    await place.reset();
    await told(
      place,
      `useradd -m plain; mkdir -m 700 ~plain/.ssh; cp /root/.ssh/authorized_keys ~plain/.ssh; chown -R plain: ~plain/.ssh`,
    );
    await told(place, 'mv /usr/sbin/nft /usr/sbin/nft.away');
    const before = await stateOf(place);
    const fault = { fault: 'network.partition', with: { from: [place.peer] }, for: '5s' };
    const plain = controller(place, fault, { ssh: place.host, user: 'plain', config: lab.sshConfig });
    const refused = await run(RUN, plain);
    expect(refused.code, refused.stdout + refused.stderr).toBe(2);
    expect(refused.stderr).toMatch(/sudo/);
    expect(refused.stderr).toContain('→');
    const lacking = await run(RUN, controller(place, fault));
    expect(lacking.code, lacking.stdout + lacking.stderr).toBe(2);
    expect(lacking.stderr).toContain('needs nft on the host');
    expect(lacking.stderr).toContain('nftables');
    await asBefore(place, before);
    await told(place, 'mv /usr/sbin/nft.away /usr/sbin/nft');
    await told(place, scriptText('fill-disks.sh'), ['fill']);
    const full = await run(RUN, controller(place, fault));
    expect(full.code, full.stdout + full.stderr).not.toBe(0);
    expect(full.stdout + full.stderr).toContain('cannot be written on the host vm1');
    expect(full.stdout + full.stderr).not.toContain('internal error');
    await told(place, scriptText('fill-disks.sh'), ['empty']);
    await asBefore(place, before, '/usr/sbin/nft');
  });
});
