// Installs what package-lock.json names, if it is not there yet. `npm install`, not `npm ci`: the lock need not name the
// optional builds (Biome's, Rolldown's) of platforms that it was not made on, and `npm ci` refuses such a lock.
// Runs on the machine's own Node (20 or later), before anything is installed, so it uses nothing but Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.aftershock-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const pinned = join(root, 'node_modules', 'node', 'bin', 'node');

const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(pinned);
if (!installed) {
  process.stderr.write('aftershock: installing dependencies (npm install), once …\n');
  const { status, error } = spawnSync(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    },
  );
  if (error !== undefined || status !== 0 || !existsSync(pinned)) {
    process.stderr.write(
      `aftershock: the installation failed${error === undefined ? '' : ` (${error.message})`}.\n` +
        '→ Run `npm install` in this folder and read its message; npm and a connection to the npm registry are needed.\n',
    );
    process.exit(2);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}
