// The crash matrix: every fault on hosts, at every step, with every accident. `npm run matrix -- --help` says how.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { HostKind } from '../../src/faults/hosts/fault.ts';
import { MOST_MACHINES } from '../../src/labs/hosts/machines.ts';
import { newSeed } from '../../src/reach/random.ts';
import { root } from '../support/cli.ts';
import { type TestMachines, upMachines } from '../support/machines.ts';
import { cellName, cellsOf, shuffled } from './cells.ts';
import { machinePlace } from './machine.ts';
import { isHeld, keep, keptIn, type Result, resultOf } from './result.ts';
import { placesHere, runCells } from './run-cells.ts';
import { between, failedText, gridText, pageText, summaryText } from './table.ts';

const help = `npm run matrix [-- OPTIONS]
  --faults a,b       only these faults          --accidents a,b   only these accidents
  --hosts ssh,netns  only these kinds of host   --machines N      how many, two in each lab (default 2)
  --sample M         only M cells, by chance    --seed N          of the order and the sample
  --within 12m       begin no cell in the last 2 minutes of this time
  --lease S          the short lease, for what does not boot (default 15)
  --out FILE         write the listing there    --again           leave out what .cache/matrix.jsonl has
  --list             only say which cells there are
All cells of all faults: docs/guarantee.md and docs/matrix.md are written.
`;

const LAST_MS = 120_000;
const PORT = 31_140;
const kept = join(root, '.cache/matrix.jsonl');
const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({
  options: {
    faults: text,
    accidents: text,
    hosts: text,
    machines: text,
    sample: text,
    seed: text,
    within: text,
    lease: text,
    out: text,
    again: flag,
    list: flag,
    help: flag,
  },
});

const words = (given: string | undefined): string[] | undefined =>
  given?.split(',').map((word) => word.trim());
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (values.help) say(help);
else process.exitCode = await main();

async function main(): Promise<number> {
  const seed = values.seed ?? newSeed();
  const kinds = (words(values.hosts) ?? ['ssh', 'netns', 'local']) as HostKind[];
  const [faults, accidents] = [words(values.faults), words(values.accidents)];
  const all = cellsOf({
    kinds,
    ...(faults === undefined ? {} : { faults }),
    ...(accidents === undefined ? {} : { accidents }),
  });
  const before = values.again ? keptIn(kept) : [];
  const known = new Set(before.map(({ cell }) => cell));
  const order = shuffled(all, seed).filter((cell) => !known.has(cellName(cell)));
  const cells = order.slice(0, values.sample === undefined ? undefined : Number(values.sample));
  say(`seed ${seed}: ${cells.length} of ${all.length} cells`);
  if (values.list) {
    for (const cell of cells) say(cellName(cell));
    return 0;
  }
  if (!values.again) rmSync(kept, { force: true });
  const results = [...before, ...(await runAll(cells, kinds))];
  const wanted = new Set(all.map(cellName));
  return conclude(
    results.filter(({ cell }) => wanted.has(cell)),
    all.length,
    faults === undefined && accidents === undefined && values.hosts === undefined,
  );
}

async function runAll(cells: ReturnType<typeof cellsOf>, kinds: readonly HostKind[]): Promise<Result[]> {
  const home = mkdtempSync(join(tmpdir(), 'aftershock-matrix-'));
  const isOverSsh = kinds.includes('ssh') && cells.some(({ kind }) => kind === 'ssh');
  const labs = isOverSsh ? await upLabs(Number(values.machines ?? MOST_MACHINES), home) : [];
  const machines = labs.flatMap((lab) => lab.machines.map((machine) => machinePlace(lab, machine)));
  const places = [...machines, ...(await placesHere())];
  const results: Result[] = [];
  const from = performance.now();
  const halt = new AbortController();
  process.once('SIGINT', () => {
    say('no more cells; those that run are ended (`--again` goes on from here)');
    halt.abort();
  });
  try {
    await runCells({
      cells,
      places,
      halted: halt.signal,
      ...(values.lease === undefined ? {} : { lease_s: Number(values.lease) }),
      ...(values.within === undefined
        ? {}
        : { until: from + Number.parseFloat(values.within) * 60_000 - LAST_MS }),
      onEnd: (cell, outcome, took_s) => {
        const result = resultOf(cell, outcome);
        results.push(result);
        keep(kept, result);
        const left_min =
          ((performance.now() - from) / results.length) * ((cells.length - results.length) / 60_000);
        const seconds = outcome.seconds === undefined ? '' : ` ${outcome.seconds.toFixed(1)} s`;
        say(
          `${results.length}/${cells.length} ${isHeld(outcome) ? '' : 'FAILED '}${outcome.ending}${seconds}  ${result.cell}  (${took_s.toFixed(0)} s; ${left_min.toFixed(0)} min left)`,
        );
        for (const line of outcome.why) say(`    ${line}`);
      },
    });
  } finally {
    for (const place of places) await place.close();
    for (const lab of labs) await lab.down();
    rmSync(home, { recursive: true, force: true });
  }
  return results;
}

/** As many labs as it takes for that many machines. */
async function upLabs(count: number, home: string): Promise<TestMachines[]> {
  const labs: TestMachines[] = [];
  for (let left = count; left > 0; left -= MOST_MACHINES) {
    const portBase = PORT + labs.length * MOST_MACHINES;
    labs.push(await upMachines({ count: Math.min(left, MOST_MACHINES), home, portBase }));
  }
  return labs;
}

function conclude(results: readonly Result[], cells: number, isWhole: boolean): number {
  say(`\n${gridText(results)}\n${summaryText(results)}\n${failedText(results)}`);
  if (values.out !== undefined) writeFileSync(values.out, pageText(results));
  if (isWhole && results.length === cells) {
    const page = join(root, 'docs/guarantee.md');
    writeFileSync(
      page,
      between(readFileSync(page, 'utf8'), `${summaryText(results)}\n\n${gridText(results)}`),
    );
    writeFileSync(join(root, 'docs/matrix.md'), pageText(results));
  }
  return results.every(isHeld) ? 0 : 1;
}
