import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RunResult } from '../src/model/verdict.ts';
import { newSeed, seededRandom } from '../src/reach/random.ts';
import { root, run } from './support/cli.ts';
import { MACHINES_WITHIN_MS, machinesMissing, type TestMachines, upMachines } from './support/machines.ts';

const PORT = 31_260;
/** Each takes a minute and a half. */
const SAMPLE = 2;

const seed = process.env['EXPERIMENTS_SEED'] ?? newSeed();
const shipped = readdirSync(join(root, 'experiments')).filter((name) => name.startsWith('host-'));
const chosen = seededRandom(seed, 'experiments on hosts').pick(shipped.sort(), SAMPLE);

describe.skipIf(machinesMissing() !== undefined)(`experiments on machines (EXPERIMENTS_SEED=${seed})`, () => {
  let lab: TestMachines;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aftershock-host-experiments-'));
    for (const kind of ['experiments', 'systems'])
      cpSync(join(root, kind), join(folder, kind), { recursive: true });
    const system = join(folder, 'systems/hosts.yaml');
    const text = readFileSync(system, 'utf8');
    writeFileSync(system, text.replace(/^lab: hosts\b/m, `lab: { name: hosts, port: ${PORT} }`));
    lab = await upMachines({ count: 2, home: join(folder, 'home'), portBase: PORT });
  }, MACHINES_WITHIN_MS);

  afterAll(async () => {
    await lab.down();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(chosen)('%s runs to its end, with its effect', { timeout: 400_000 }, async (name) => {
    for (const machine of lab.machines) await machine.reset();
    const runs = join(folder, 'runs', name);
    const done = await run(['run', join(folder, 'experiments', name), '--yes', '--runs', runs], {
      home: lab.home,
    });
    // A machine that is starved may deviate from what is expected of its services; what it is must be told.
    expect([0, 1], done.stdout + done.stderr).toContain(done.code);
    expect(done.stdout).not.toMatch(/\? unknown/);
    const [directory = ''] = readdirSync(runs);
    // The first thing that each predicts is the effect of its fault.
    const { predict } = parse(readFileSync(join(folder, 'experiments', name), 'utf8')) as {
      predict: { id: string }[];
    };
    const { predictions } = JSON.parse(
      readFileSync(join(runs, directory, 'result.json'), 'utf8'),
    ) as RunResult;
    const first = predictions.find(({ id }) => id === predict[0]?.id);
    expect(first?.verdict, done.stdout).toBe('held');
    for (const file of ['report.html', 'report.md', 'junit.xml'])
      expect(existsSync(join(runs, directory, file))).toBe(true);
    // No load stands for users on these machines.
    expect(done.stdout).not.toContain('Users noticed nothing');
  });
});
