import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { folder } from './fixtures/folder.ts';
import { createRunFolder, runId } from './run-folder.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('the name of a run', () => {
  test('is its time, its title, and four random digits', () => {
    const wall_ms = new Date(2026, 10, 20, 16, 8, 0).getTime();
    expect(runId('Kill one backend pod', wall_ms)).toMatch(
      /^2026-11-20T160800-kill-one-backend-pod-[0-9a-f]{4}$/,
    );
    expect(runId('Été: 50% délai', wall_ms)).toMatch(/^2026-11-20T160800-e-te-50-de-lai-[0-9a-f]{4}$/);
    expect(runId('Убить под', wall_ms)).toMatch(/^2026-11-20T160800-run-[0-9a-f]{4}$/);
  });

  test('is a plain file name, whatever the title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (title, wall_ms) => {
        expect(runId(title, wall_ms)).toMatch(
          /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6}(-[a-z0-9]+)+-[0-9a-f]{4}$/,
        );
        expect(runId(title, wall_ms).length).toBeLessThan(80);
      }),
    );
  });
});

describe('a run folder', () => {
  test('is the owner’s alone, with its first files and a place for undo payloads', () => {
    const directory = join(folder(), 'runs', 'one');
    expect(createRunFolder(directory, { 'plan.json': '{}\n' })).toEqual({ ok: true, value: undefined });
    expect(mode(directory)).toBe(0o700);
    expect(mode(join(directory, 'undo'))).toBe(0o700);
    expect(readFileSync(join(directory, 'plan.json'), 'utf8')).toBe('{}\n');
  });

  test('is never made twice, nor where a file is in the way', () => {
    const directory = join(folder(), 'one');
    createRunFolder(directory, {});
    expect(createRunFolder(directory, {})).toMatchObject({ ok: false, problem: { code: 'disk-full' } });
    writeFileSync(join(directory, 'file'), '');
    expect(createRunFolder(join(directory, 'file', 'one'), {})).toMatchObject({
      ok: false,
      problem: {
        code: 'disk-full',
        message: expect.stringContaining(`${join(directory, 'file')} is in the way`),
        fix: expect.stringContaining('--runs'),
      },
    });
  });
});
