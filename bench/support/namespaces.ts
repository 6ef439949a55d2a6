import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const nameOf = (number: number): string => `aftershock-bench-${number}`;

function batch(lines: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', ['-batch', '-'], { input: lines.join('\n'), encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip: ${stderr}`);
}

/** Network namespaces of this machine by their names, and a folder for files; as root. */
export async function withNamespaces<T>(
  count: number,
  use: (names: readonly string[], folder: string) => Promise<T>,
): Promise<T> {
  const names = Array.from({ length: count }, (_, at) => nameOf(at));
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-bench-'));
  batch(names.map((name) => `netns add ${name}`));
  try {
    return await use(names, folder);
  } finally {
    batch(names.map((name) => `netns del ${name}`));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Those of the namespaces in which our table of nftables is still there. */
export const stillBroken = (names: readonly string[]): string[] =>
  names.filter(
    (name) =>
      spawnSync('ip', ['netns', 'exec', name, 'nft', 'list', 'tables'], { encoding: 'utf8' }).stdout !== '',
  );
