import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProcess } from '../../reach/hosts/fake-process.ts';
import { lookAtProcesses, lookText } from '../../reach/hosts/processes.ts';
import { lookFor, type Selection, select } from '../../reach/hosts/select.ts';
import { completeText, hostText } from '../hosts/text.ts';
import { becomes, hereWith, newWord, started, unwrap } from './fake-host.ts';
import { processFile } from './target.ts';

const PORT = 31_055;
const script = `look() (\n${lookText}\n)\n${processFile('matching.sh')}\nmatching "$1" "$2" "$3"\n`;

/** A file for everything that a hostile word might make. */
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-matching-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const LOOP = 'while sleep 1; do :; done';

describe.each([['sh'], ['busybox sh']])('what a selection means, by a script in %s', (shell) => {
  /** "pid/mine" or "pid/other" of each. */
  function matching(selection: Selection, { root = 0, cwd = '/' } = {}): string[] {
    const [[by, wanted] = ['', '']] = Object.entries(selection);
    const text = completeText('run.f.0', hostText(script, [by, String(wanted), String(root)]));
    const [command = 'sh', ...first] = shell.split(' ');
    const ran = spawnSync('setsid', ['--wait', command, ...first, '-c', text, 'sh'], {
      encoding: 'utf8',
      cwd,
    });
    expect(ran.stderr).toBe('');
    return ran.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^(\d+) \d+ /, '$1/'));
  }

  test('is the same as by the look of the plan', async () => {
    const { world, records } = hereWith();
    const host = unwrap(world.host('here'));
    const word = newWord();
    const one = started(LOOP, word);
    const two = started(LOOP, word);
    await becomes(one.pid, 'S');
    await becomes(two.pid, 'S');
    const file = join(records, '..', "it's.pid");
    writeFileSync(file, `${two.pid}\n`);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(PORT, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const selections: Selection[] = [{ command: word }, { pid_file: file }, { port: PORT }];
    for (const selection of selections) {
      const look = unwrap(await lookAtProcesses(host, lookFor(selection), AbortSignal.timeout(20_000)));
      const expected = select(look, selection).map(({ pid }) => `${pid}/other`);
      expect(expected).not.toEqual([]);
      expect(matching(selection).sort()).toEqual(expected.sort());
    }
    expect(matching({ port: PORT })).toEqual([`${process.pid}/other`]);
    expect(matching({ name: 'no-such-program' })).toEqual([]);
  });

  test('tells those that are ours from the others', async () => {
    const word = newWord();
    const ours = started(`sh -c '${LOOP}' ${word} & wait`, 'above');
    const other = started(LOOP, word);
    await expect
      .poll(() => matching({ command: ` ${word}` }, { root: ours.pid }).length, { timeout: 20_000 })
      .toBe(3);
    expect(matching({ command: ` ${word}` }, { root: ours.pid })).toContain(`${other.pid}/other`);
    expect(matching({ command: ` ${word}` }, { root: ours.pid }).join()).toContain('/mine');
  });

  test('no word of a selection is executed or taken apart', () => {
    const cwd = emptyFolder();
    fc.assert(
      fc.property(
        fc.stringMatching(/^[^\0\n]{1,40}$/),
        fc.constantFrom('"; touch x; "', '$(touch x)', '`touch x`', '\\', "'"),
        (text, odd) => {
          const word = `${newWord()}${odd}${text.trim()}x`;
          // It stops itself: a shell that starts another program is two of its command line for a moment.
          const child = startProcess('sh', ['-c', 'kill -STOP $$', word]);
          const found = matching({ command: word }, { cwd });
          child.kill('SIGKILL');
          expect(found).toEqual([`${child.pid}/other`]);
          expect(readdirSync(cwd)).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  });
});
