import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { completeText, hostText } from '../hosts/text.ts';
import { hereWith, intend, looked, namesIn, newWord, take } from '../process/fake-host.ts';
import { serviceRestart } from './restart.ts';
import { serviceStop } from './stop.ts';
import { serviceFile, unitScript } from './unit.ts';

const isRoot = process.getuid?.() === 0;

/** A service without systemd: a process by its pid file, with commands as an init script has them. */
function daemon() {
  const { world, records } = hereWith();
  const folder = mkdtempSync(join(tmpdir(), "aftershock service's "));
  const word = newWord();
  const file = `'${join(folder, 'pid').replaceAll("'", `'\\''`)}'`;
  const commands = {
    start: `sh -c 'while sleep 1; do :; done' ${word} >/dev/null 2>&1 & echo $! >${file}`,
    stop: `kill "$(cat ${file})" && while kill -0 "$(cat ${file})" 2>/dev/null; do sleep 0.1; done; rm ${file}`,
    status: `[ -e ${file} ] && kill -0 "$(cat ${file})" || exit 3`,
  };
  const sh = (line: string): number | null => spawnSync('sh', ['-c', line]).status;
  onTestFinished(() => {
    sh(commands.stop);
    rmSync(folder, { recursive: true, force: true });
  });
  expect(sh(commands.start)).toBe(0);
  const runs = (): boolean => sh(commands.status) === 0;
  return { world, records, commands, runs, sh, pid: () => readFileSync(join(folder, 'pid'), 'utf8') };
}

const target = { host: 'here', unit: 'thing' };

describe.skipIf(!isRoot)('a service by its own commands', () => {
  test('stops, and starts again', async () => {
    const { world, records, commands, runs } = daemon();
    const made = {
      fault: serviceStop,
      injection: await intend(world, { fault: serviceStop, target, params: { commands } }),
    };
    await take(world, made, 'arm', 'act');
    expect(runs()).toBe(false);
    expect((await looked(world, made, 'effect')).is).toBe('yes');
    expect((await looked(world, made, 'recovered')).is).toBe('no');
    await take(world, made, 'undo', 'undo');
    expect((await looked(world, made, 'recovered')).is).toBe('yes');
    await take(world, made, 'disarm');
    expect(runs()).toBe(true);
    expect(namesIn(records)).toEqual([]);
  });

  test('starts again by the host itself when nobody renews its lease', async () => {
    const { world, records, commands, runs } = daemon();
    const wanted = { fault: serviceStop, target, params: { commands }, lease_s: 6 };
    const made = { fault: serviceStop, injection: await intend(world, wanted) };
    await take(world, made, 'arm', 'act');
    expect(runs()).toBe(false);
    await expect.poll(runs, { timeout: 25_000 }).toBe(true);
    await expect.poll(() => namesIn(records), { timeout: 25_000 }).toEqual([]);
  });

  test('is restarted, and was seen stopped', async () => {
    const { world, commands, runs, pid } = daemon();
    const before = pid();
    const wanted = { fault: serviceRestart, target, params: { commands } };
    const made = { fault: serviceRestart, injection: await intend(world, wanted) };
    await take(world, made, 'arm', 'act');
    expect(await looked(world, made, 'effect')).toMatchObject({ is: 'yes' });
    await take(world, made, 'undo');
    expect((await looked(world, made, 'recovered')).is).toBe('yes');
    await take(world, made, 'disarm');
    expect(runs()).toBe(true);
    expect(pid()).not.toBe(before);
  });

  test('is refused where it does not run', async () => {
    const { world, commands, sh } = daemon();
    expect(sh(commands.stop)).toBe(0);
    const wanted = { fault: serviceStop, target, params: { commands } };
    await expect(intend(world, wanted)).rejects.toThrow('does not run');
    sh(commands.start);
  });

  test('whose stop fails is told, and goes on', async () => {
    const { world, commands, runs } = daemon();
    const params = { commands: { ...commands, stop: 'echo locked >&2; exit 4' } };
    const injection = await intend(world, { fault: serviceStop, target, params });
    const made = { fault: serviceStop, injection };
    await take(world, made, 'arm');
    expect(await serviceStop.act(world, injection, AbortSignal.timeout(20_000))).toMatchObject({
      problem: { cause: expect.stringContaining('locked') },
    });
    await take(world, made, 'undo', 'disarm');
    expect(runs()).toBe(true);
  });
});

/** A systemctl that notes what it was asked, and answers of a unit that runs. */
function fakeSystemctl(): { folder: string; asked: () => string[][] } {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-systemctl-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'bin'));
  const program = join(folder, 'bin/systemctl');
  writeFileSync(
    program,
    `#!/bin/sh
{ for word; do printf '%s\\0' "$word"; done; printf '\\0'; } >>'${folder}/asked'
if [ "$1" = show ]; then printf 'ActiveState=active\\nSubState=running\\nJob=\\nMainPID=7\\nUnitFileState=enabled\\n'; fi
`,
  );
  chmodSync(program, 0o755);
  const asked = (): string[][] =>
    existsSync(join(folder, 'asked'))
      ? readFileSync(join(folder, 'asked'), 'utf8')
          .split('\0\0')
          .filter((line) => line !== '')
          .map((line) => line.split('\0'))
      : [];
  return { folder, asked };
}

describe.each([['sh'], ['busybox sh']])('scripts over units, run by %s', (shell) => {
  const runs = (
    script: string,
    args: readonly string[],
    { folder, mode = '' }: { folder: string; mode?: string },
  ) => {
    const [command = 'sh', ...first] = shell.split(' ');
    const ran = spawnSync(
      command,
      [...first, '-c', completeText('run.f.0', hostText(script, args)), 'sh', mode],
      {
        encoding: 'utf8',
        cwd: folder,
        env: { PATH: `${folder}/bin:${process.env['PATH']}`, AFTERSHOCK_RUN_DIR: join(folder, 'none') },
      },
    );
    return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
  };

  test('whatever a unit is called, it stays one word behind --', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\0]+$/), (unit) => {
        const { folder, asked } = fakeSystemctl();
        expect(runs(serviceFile('stop.sh'), [unit], { folder }).code).toBe(0);
        expect(asked()).toEqual([['stop', '--no-block', '--', unit]]);
        expect(runs(unitScript('start.sh'), [unit, 'b.service'], { folder }).code).toBe(0);
        expect(asked()).toContainEqual(['start', '--no-block', '--', unit, 'b.service']);
        expect(asked().every((words) => words[0] !== 'show' || words.includes('--'))).toBe(true);
        rmSync(join(folder, 'asked'));
        expect(namesIn(folder)).toEqual(['bin']);
      }),
      { numRuns: 10 },
    );
  });

  test('the probe says what systemd says, and is unsure where it says nothing', () => {
    const { folder } = fakeSystemctl();
    const args = ['a.service', 'enabled', '6'];
    const probe = unitScript('stopped.sh');
    expect(runs(probe, args, { folder, mode: 'effect' }).stdout).toMatch(/^no a\.service is active/);
    expect(runs(probe, args, { folder, mode: 'recovered' }).stdout).toMatch(
      /^yes a\.service is active .*main pid 7/,
    );
    expect(runs(probe, ['a.service', 'disabled', '6'], { folder, mode: 'recovered' }).stdout).toMatch(
      /^no .*is enabled, was disabled/,
    );
    writeFileSync(join(folder, 'bin/systemctl'), '#!/bin/sh\necho broken >&2\nexit 1\n');
    for (const mode of ['effect', 'recovered'])
      expect(runs(probe, args, { folder, mode }).stdout).toMatch(/^unsure systemd does not answer/);
    const started = runs(unitScript('start.sh'), ['a.service'], { folder });
    expect(started.code).toBe(70);
  });
});
