import { existsSync, readFileSync } from 'node:fs';

/** Where the image's packages come from. */
export interface Sources {
  suite: string;
  /** A file of apt's. */
  file: string;
}

const DEB822 = '/etc/apt/sources.list.d/debian.sources';
const ONE_LINE = '/etc/apt/sources.list';

/**
 * The apt sources of this machine where it is a Debian, and its release; undefined elsewhere: then the image is of
 * Debian 12, from deb.debian.org.
 */
export function ownSources(release = readRelease(), read = readText): Sources | undefined {
  if (!/^ID=debian$/m.test(release)) return undefined;
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
  if (suite === undefined) return undefined;
  const file = [DEB822, ONE_LINE].find((path) => /^(deb |Types:.*\bdeb\b)/m.test(read(path)));
  return file === undefined ? undefined : { suite, file };
}

/** For a machine that is no Debian: what a file of apt's would say. */
export const DEBIAN_12 = {
  suite: 'bookworm',
  text: `Types: deb
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`,
};

const readRelease = (): string => readText('/etc/os-release');

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
