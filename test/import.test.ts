import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, temporary } from './support/cli.ts';

/** The system file that the comment at the end of an experiment says. */
const systemIn = (experiment: string): string => {
  const lines = experiment.split('\n');
  const from = lines.findIndex((line) => line.startsWith('# The system file needs'));
  return lines
    .slice(from + 1)
    .flatMap((line) => /^# {3}(.*)$/.exec(line)?.[1] ?? [])
    .join('\n');
};

test('a command of ChaosBlade becomes a file that can be planned, with the system file that it names', async () => {
  const folder = temporary();
  const file = join(folder, 'cpu.yaml');
  const line = 'blade create cpu fullload --cpu-percent 60 --cpu-count 1 --timeout 5';
  const made = await run(['import', 'blade', line, '--out', file], { home: temporary() });
  expect(made.code, made.stderr).toBe(0);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(`# From: ${line}\n`);
  writeFileSync(join(folder, 'system.yaml'), systemIn(text));
  const planned = await run(['plan', file], { home: temporary() });
  expect(planned.code, planned.stdout + planned.stderr).toBe(0);
  expect(planned.stdout).toContain('60%');
});

test('it is printed where no file is named, and a file that is there is kept', async () => {
  const line = 'sudo ./blade create network loss --percent 50 --interface ens160 --destination-ip 10.10.10.7';
  const printed = await run(['import', 'blade', line, '--host', 'pg1'], { home: temporary() });
  expect(printed.code).toBe(0);
  expect(printed.stdout).toContain('fault: network.loss');
  const file = join(temporary(), 'mine.yaml');
  writeFileSync(file, 'mine');
  const again = await run(['import', 'blade', line, '--out', file], { home: temporary() });
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('is there already');
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('what has no equivalent is an error that names it, and nothing is written', async () => {
  const file = join(temporary(), 'dns.yaml');
  const line = 'blade create network dns --domain a.example --ip 10.0.0.1';
  const refused = await run(['import', 'blade', line, '--out', file], { home: temporary() });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('network dns');
  expect(() => readFileSync(file)).toThrow('ENOENT');
});
