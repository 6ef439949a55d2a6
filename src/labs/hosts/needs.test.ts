import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { machineProblem, missingToBuild, missingToRun } from './needs.ts';

test('what is missing is named with the packages that bring it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'needs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const there = (...names: string[]): void => {
    for (const name of names) {
      writeFileSync(join(folder, name), '');
      chmodSync(join(folder, name), 0o755);
    }
  };
  expect(missingToRun(folder)).toMatchObject({
    message: 'the lab hosts needs qemu-system-x86_64, qemu-img, ssh',
  });
  there('qemu-system-x86_64', 'ssh');
  expect(missingToRun(folder)?.fix).toContain('--no-install-recommends qemu-utils`');
  there('qemu-img');
  expect(missingToRun(folder)).toBeUndefined();
  const building = missingToBuild(folder);
  expect(building?.fix).toContain('openssh-client mmdebstrap cpio kmod e2fsprogs');
  there('mmdebstrap', 'cpio', 'modprobe', 'mkfs.ext4', 'ssh-keygen');
  expect(missingToBuild(folder)).toBeUndefined();
});

test('another kind of processor is told so', () => {
  expect(machineProblem('x64')).toBeUndefined();
  expect(machineProblem('arm64')?.message).toContain('this machine is arm64');
});
