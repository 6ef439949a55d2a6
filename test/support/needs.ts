import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that some tests need, and the Debian package that brings each. */
const PACKAGES = {
  chromium: 'chromium',
  kubectl: 'kubernetes-client',
  promtool: 'prometheus',
  shellcheck: 'shellcheck',
} as const;

export type Program = keyof typeof PACKAGES;

/**
 * Whether a program is on the PATH, for `describe.skipIf(!needs('kubectl'))`. Where it is not, the reason is
 * printed; in CI it is an error instead, so that no test is left out there unseen.
 */
export function needs(program: Program): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  if (folders.some((folder) => isExecutable(join(folder, program)))) return true;
  const message = `these tests need ${program}: apt-get install ${PACKAGES[program]}`;
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
