import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { needs } from '../../../test/support/needs.ts';
import { buildFailed, imageKey, imagesFolder } from './image.ts';
import { DEBIAN_12, ownSources } from './sources.ts';

const SCRIPTS = join(import.meta.dirname, 'image');

test('images are kept beside the labs, or where AFTERSHOCK_IMAGES says', () => {
  expect(imagesFolder('/home/a/labs/hosts', {})).toBe('/home/a/images');
  expect(imagesFolder('/home/a/labs/hosts', { AFTERSHOCK_IMAGES: '' })).toBe('/home/a/images');
  expect(imagesFolder('/home/a/labs/hosts', { AFTERSHOCK_IMAGES: '/b' })).toBe('/b');
});

test('an image is another one with another release, other sources, or one changed script', () => {
  const scripts = mkdtempSync(join(tmpdir(), 'scripts-'));
  onTestFinished(() => rmSync(scripts, { recursive: true, force: true }));
  cpSync(SCRIPTS, scripts, { recursive: true });
  const one = imageKey({ suite: 'bookworm', sources: 'a' }, scripts);
  expect(imageKey({ suite: 'bookworm', sources: 'a' }, scripts)).toBe(one);
  expect(one).toMatch(/^bookworm-[0-9a-f]{12}$/);
  const others = [
    imageKey({ suite: 'trixie', sources: 'a' }, scripts),
    imageKey({ suite: 'bookworm', sources: 'b' }, scripts),
  ];
  writeFileSync(join(scripts, 'packages.txt'), 'nginx-light\n');
  others.push(imageKey({ suite: 'bookworm', sources: 'a' }, scripts));
  expect(new Set([one, ...others]).size).toBe(4);
});

describe('the sources of packages', () => {
  const debian = 'ID=debian\nVERSION_CODENAME=trixie\n';
  const files =
    (texts: Record<string, string>) =>
    (path: string): string =>
      texts[path] ?? '';
  const [modern, old] = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'];

  test('are the own ones of a Debian, in either form', () => {
    const both = files({ [modern]: 'Types: deb\nURIs: http://a\n', [old]: '# see debian.sources\n' });
    expect(ownSources(debian, both)).toEqual({ suite: 'trixie', file: modern });
    const one = files({ [old]: '# main\ndeb http://a trixie main\n' });
    expect(ownSources(debian, one)).toEqual({ suite: 'trixie', file: old });
  });

  test('are others where this machine is no Debian, or has none', () => {
    expect(
      ownSources('ID=ubuntu\nVERSION_CODENAME=noble\n', files({ [old]: 'deb http://a noble main' })),
    ).toBe(undefined);
    expect(ownSources(debian, files({ [old]: '# nothing\n' }))).toBe(undefined);
    expect(ownSources('ID=debian\n', files({ [old]: 'deb http://a sid main' }))).toBe(undefined);
    expect(DEBIAN_12.text).toContain(`Suites: ${DEBIAN_12.suite} `);
  });
});

test('of a build that failed the lines that say why are shown', () => {
  const log = [
    'I: running apt-get update...',
    'Get:1 http://a',
    'E: Unable to locate package nginx-lihgt',
    'E: setup failed: E: apt-get install … failed',
    'E: mmdebstrap failed to run',
    '',
  ].join('\n');
  const problem = buildFailed(log, '/images/x.new/build.log');
  expect(problem.cause).toBe('E: Unable to locate package nginx-lihgt');
  expect(problem.fix).toContain('/images/x.new/build.log');
  expect(buildFailed('one\rtwo\n', 'log').cause).toBe('one | two');
});

test.skipIf(!needs('shellcheck'))('the scripts are clean', () => {
  const scripts = readdirSync(SCRIPTS).filter((name) => name.endsWith('.sh'));
  expect(scripts.length).toBeGreaterThan(3);
  const { stdout } = spawnSync('shellcheck', scripts, { cwd: SCRIPTS, encoding: 'utf8' });
  expect(stdout).toBe('');
});
