import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run } from './support/cli.ts';
import { frozenRun, processState } from './support/drill.ts';
import { eventually } from './support/lab.ts';
import { needs } from './support/needs.ts';
import { processExperiment, recordsIn, type Victim, victim } from './support/process-drill.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

/** A victim on a machine behind ssh, which keeps its records in the victim's folder. */
async function overSsh(port: number): Promise<{ one: Victim; sshd: Sshd; host: string }> {
  const one = await victim(onTestFinished);
  const sshd = await startSshd({ port, lines: [`SetEnv AFTERSHOCK_RUN_DIR=${one.records}`], onTestFinished });
  const { AFTERSHOCK_RUN_DIR: _here, ...env } = one.where.env;
  // Whoever looked here instead of there would see nothing.
  one.where.env = { ...env, AFTERSHOCK_RUN_DIR: join(one.folder, 'wrong-place') };
  return { one, sshd, host: `{ ssh: box, config: ${sshd.config} }` };
}

const withoutLock = (records: string): string[] => recordsIn(records).filter((name) => name !== 'lock');

describe.skipIf(!needs('sshd'))('a host over ssh, by the command line', () => {
  test('a plan names it, a run freezes and thaws a process on it, and nothing is left', async () => {
    const { one, sshd, host } = await overSsh(30_720);
    processExperiment(one, 'process.pause', { host });
    const planned = await run(['plan', 'experiment.yaml'], one.where);
    expect(planned.code, planned.stdout + planned.stderr).toBe(0);
    expect(planned.stdout).toContain('host here (ssh box)');
    const done = await run(
      ['run', 'experiment.yaml', '--yes', '--runs', join(one.folder, 'runs')],
      one.where,
    );
    expect(done.code, done.stdout + done.stderr).toBe(0);
    expect(processState(one.first.pid)).toBe('S');
    expect(recordsIn(one.records)).toEqual([]);
    expect(recordsIn(join(one.folder, 'wrong-place'))).toEqual([]);
    expect((await run(['heal'], one.where)).stdout).toContain('nothing was left behind');
    // By themselves they would stay for half a minute.
    await eventually('no connection is kept', 10_000, () => sshd.connections().length === 0 || undefined);
  });

  test('what a dead run left is found by an ssh destination, from an empty home', async () => {
    const { one, sshd, host } = await overSsh(30_721);
    const experiment = processExperiment(one, 'process.pause', { host, hold: '60s' });
    const drill = await frozenRun(
      { experiment, runs: join(one.folder, 'runs'), step: 'effective' },
      one.where,
    );
    for (const { pid } of [drill.guardian, drill.running]) process.kill(pid, 'SIGKILL');
    await drill.running.finished;
    expect(processState(one.first.pid)).toBe('T');
    const elsewhere = { ...one.where, home: join(one.folder, 'empty-home'), cwd: '/' };
    const healed = await run(['heal', '--host', 'box', '--ssh-config', sshd.config, '--all'], elsewhere);
    expect(healed.code, healed.stdout + healed.stderr).toBe(0);
    expect(healed.stdout).toContain('clean');
    expect(processState(one.first.pid)).toBe('S');
    expect(withoutLock(one.records)).toEqual([]);
  });

  test('the guardian reaches it by itself, with what the open run noted, from another folder', async () => {
    const { one } = await overSsh(30_722);
    const host = '{ ssh: box, config: ./ssh_config }';
    const sshd = await startSshd({
      port: 30_723,
      lines: [`SetEnv AFTERSHOCK_RUN_DIR=${one.records}`],
      onTestFinished,
    });
    copyFileSync(sshd.config, join(one.folder, 'ssh_config'));
    const experiment = processExperiment(one, 'process.pause', { host, hold: '60s' });
    const drill = await frozenRun(
      { experiment, runs: join(one.folder, 'runs'), step: 'effective' },
      one.where,
    );
    process.kill(drill.running.pid, 'SIGKILL');
    await drill.running.finished;
    await eventually('it runs again', 60_000, () => (processState(one.first.pid) === 'S' ? true : undefined));
    await eventually('no record is left', 30_000, () =>
      withoutLock(one.records).length === 0 ? true : undefined,
    );
  });

  test('a host that cannot be reached is told with the next step', async () => {
    const { one, sshd } = await overSsh(30_724);
    const cases: [string, string[]][] = [
      [`{ ssh: 127.0.0.1, port: 30796, config: ${sshd.config} }`, ['Connection refused', 'is sshd running']],
      [
        `{ ssh: 127.0.0.1, port: ${sshd.port}, config: ${sshd.config}, user: nobody-here }`,
        ['is not accepted for nobody-here'],
      ],
      [`{ ssh: box, config: ./none }`, ['no such file', 'Correct its path']],
    ];
    for (const [host, words] of cases) {
      processExperiment(one, 'process.pause', { host });
      const planned = await run(['plan', 'experiment.yaml'], one.where);
      expect(planned.code, planned.stdout + planned.stderr).not.toBe(0);
      for (const word of words) expect(planned.stderr).toContain(word);
      expect(planned.stderr).toContain('→');
    }
    const healed = await run(['heal', '--host', 'ops@127.0.0.1:x'], one.where);
    expect(healed.code).toBe(2);
    expect(healed.stderr).toContain('netns:NAME');
  });
});
