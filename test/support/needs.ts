import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that some tests need, and the Debian package that brings each. */
const PACKAGES = {
  busybox: 'busybox',
  chromium: 'chromium',
  dig: 'bind9-dnsutils',
  ip: 'iproute2',
  kubectl: 'kubernetes-client',
  nft: 'nftables',
  ping: 'iputils-ping',
  promtool: 'prometheus',
  shellcheck: 'shellcheck',
  ssh: 'openssh-client',
  sshd: 'openssh-server',
} as const;

export type Program = keyof typeof PACKAGES;

/**
 * Whether a program is on the PATH, for `describe.skipIf(!needs('kubectl'))`. Where it is not, the reason is
 * printed; in CI it is an error instead, so that no test is left out there unseen.
 */
export function needs(program: Program): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  if (folders.some((folder) => isExecutable(join(folder, program)))) return true;
  return missing(`${program}: apt-get install ${PACKAGES[program]}`);
}

/** Whether we are root, told in the same way. */
export const needsRoot = (): boolean => process.getuid?.() === 0 || missing('root: run them with sudo');

function missing(what: string): false {
  const message = `these tests need ${what}`;
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
