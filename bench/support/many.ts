import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peakOf } from './cost.ts';
import { stillBroken, withNamespaces } from './namespaces.ts';

const HOLD_S = 2;
const LOOK_EVERY_MS = 100;
const MOST_SAID = 2_000;

/** What a run over many hosts took, in seconds and MiB. */
export interface Many {
  hosts: number;
  /** Injections that were made and proven undone. */
  undone: number;
  verdict: string;
  /** Why it is not as predicted. */
  reasons: readonly string[];
  injected_s: number;
  undone_s: number;
  whole_s: number;
  peak_mib: number;
  broken: number;
}

/** The times of an injection in `result.json`, in nanoseconds of the run. */
interface Told {
  acting?: number;
  effective?: number;
  undoing?: number;
  recovered?: number;
}

interface Read extends Pick<Many, 'verdict' | 'reasons'> {
  injections: Told[];
}

/** One run of the command line that cuts a table of nftables into each of so many network namespaces at once. */
export const overHosts = (hosts: number): Promise<Many> =>
  withNamespaces(hosts, async (names, folder) => {
    writeFiles(names, folder);
    mkdirSync(join(folder, 'home'));
    const since = performance.now();
    const run = spawn(
      fileURLToPath(new URL('../../bin/aftershock', import.meta.url)),
      ['run', 'experiment.yaml', '--yes'],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, AFTERSHOCK_HOME: join(folder, 'home') },
      },
    );
    let peak_mib = 0;
    const looking = setInterval(() => {
      peak_mib = peakOf(run.pid ?? 0) ?? peak_mib;
    }, LOOK_EVERY_MS);
    let said = '';
    run.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MOST_SAID);
    });
    await once(run, 'close');
    clearInterval(looking);
    const whole_s = (performance.now() - since) / 1_000;
    const broken = stillBroken(names).length;
    return { hosts, ...toldIn(folder, said), whole_s, peak_mib, broken };
  });

function writeFiles(names: readonly string[], folder: string): void {
  const hosts = names.map((name, at) => `  host${at}: { netns: ${name} }`);
  const system = ['name: many hosts', 'hosts:', ...hosts, `limits: { targets: ${names.length} }`];
  const experiment = [
    'title: A table of nftables on many hosts at once',
    'question: How long until all are undone?',
    'system: system.yaml',
    'timing: { baseline: 1s, sliding: 1s, watch: 0s }',
    'faults:',
    '  - id: table',
    '    fault: exec',
    `    target: { host: [${names.map((_, at) => `host${at}`).join(', ')}], pick: all }`,
    '    with:',
    '      inject: nft add table inet bench',
    "      undo: 'nft delete table inet bench 2>/dev/null || ! nft list table inet bench 2>/dev/null'",
    '      probe: nft list table inet bench',
    '      reboot: undoes',
    `    for: ${HOLD_S}s`,
  ];
  writeFileSync(join(folder, 'system.yaml'), `${system.join('\n')}\n`);
  writeFileSync(join(folder, 'experiment.yaml'), `${experiment.join('\n')}\n`);
}

function toldIn(
  folder: string,
  said: string,
): Pick<Many, 'undone' | 'verdict' | 'reasons' | 'injected_s' | 'undone_s'> {
  const [path] = globSync(join(folder, 'runs/*/result.json'));
  if (path === undefined) throw new Error(`the run left no result: ${said}`);
  const result = JSON.parse(readFileSync(path, 'utf8')) as Read;
  const times = (key: keyof Told): number[] => result.injections.flatMap((one) => one[key] ?? []);
  const span = (from: number[], to: number[]): number => (Math.max(...to) - Math.min(...from)) / 1e9;
  return {
    verdict: result.verdict,
    reasons: result.reasons,
    undone: times('recovered').length,
    injected_s: span(times('acting'), times('effective')),
    undone_s: span(times('undoing'), times('recovered')),
  };
}
