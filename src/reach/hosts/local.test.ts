import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HostScript } from '../../model/contracts/world.ts';
import { localHost } from './local.ts';

const host = localHost('here', []);
const never = new AbortController().signal;
const ran = async (script: HostScript, signal = never) => {
  const result = await host.run(script, signal);
  if (!result.ok) throw new Error(`${result.problem.kind}: ${result.problem.text}`);
  return result.value;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a script gets its values as they are, whatever is in them', async () => {
  const hostile = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed());
  const property = fc.asyncProperty(hostile, hostile, async (one, other) => {
    const said = await ran({ script: 'printf "%s|" "$@"; cat', args: [one, other], stdin: one });
    expect(said).toEqual({ code: 0, stdout: `${one}|${other}|${one}`, stderr: '' });
  });
  await fc.assert(property, {
    numRuns: 30,
    examples: [
      ['$(touch /tmp/x)', "'; exit 9; '"],
      ['-n', '`id`'],
    ],
  });
});

test('it tells how a script ended, and what it said', async () => {
  expect(await ran({ script: 'echo out; echo err >&2; exit 7' })).toEqual({
    code: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  expect((await ran({ script: 'kill -s KILL $$' })).code).toBe(137);
  expect((await ran({ script: 'no-such-program' })).code).toBe(127);
  expect((await ran({ script: 'exit 0', stdin: 'x'.repeat(1_000_000) })).code).toBe(0);
});

test('a script that does not end is ended at its deadline, with all that it started', async () => {
  const pids: number[] = [];
  const script = 'sleep 600 & echo $!; echo $$; wait';
  const onLine = (line: string): void => void pids.push(Number(line));
  const result = await host.run({ script, deadline_ms: 500, onLine }, never);
  expect(result).toMatchObject({ ok: false, problem: { kind: 'timeout' } });
  expect(pids).toHaveLength(2);
  await expect.poll(() => pids.filter(isAlive), { timeout: 5_000 }).toEqual([]);
});

test('a script is ended when its caller gives up', async () => {
  const calling = new AbortController();
  const pids: number[] = [];
  const onLine = (line: string): void => {
    pids.push(Number(line));
    calling.abort();
  };
  const script = { script: 'echo $$; exec sleep 600', onLine, deadline_ms: Number.POSITIVE_INFINITY };
  expect(await host.run(script, calling.signal)).toMatchObject({ problem: { kind: 'aborted' } });
  await expect.poll(() => pids.filter(isAlive), { timeout: 5_000 }).toEqual([]);
  expect(await host.run(script, calling.signal)).toMatchObject({ problem: { kind: 'aborted' } });
});

test('lines come as they are said, however they are cut', async () => {
  const lines: string[] = [];
  const script = 'printf "a\\nb"; sleep 0.1; printf "c\\n\\nd"';
  await ran({ script, onLine: (line) => void lines.push(line) });
  expect(lines).toEqual(['a', 'bc', '']);
});
