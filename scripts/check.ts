// Everything that is checked without running the product: types, style and budgets, import rules, dead code.
import { spawnSync } from 'node:child_process';

const checks: [name: string, command: string, args: string[]][] = [
  ['types', 'tsc', ['-p', 'tsconfig.json']],
  ['style and budgets', 'biome', ['check', '--error-on-warnings', '.']],
  ['import rules', 'depcruise', ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', 'src']],
  ['dead code and dependencies', 'knip', ['--no-progress']],
];

const only = process.argv.slice(2);
let failed = 0;
for (const [name, command, args] of checks) {
  if (only.length > 0 && !only.includes(command)) continue;
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  if (status === 0) {
    process.stdout.write(`ok    ${name} (${took})\n`);
    continue;
  }
  failed += 1;
  process.stdout.write(
    `FAIL  ${name} (${took}): ${command} ${args.join(' ')}\n${error?.message ?? ''}${stdout}${stderr}\n`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;
