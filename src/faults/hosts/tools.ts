/** The Debian package that brings a program; where the two have other names. */
const packages: Readonly<Record<string, string>> = {
  tc: 'iproute2',
  ip: 'iproute2',
  ss: 'iproute2',
  nft: 'nftables',
  flock: 'util-linux',
  setsid: 'util-linux',
  fallocate: 'util-linux',
  modprobe: 'kmod',
  ping: 'iputils-ping',
  ps: 'procps',
  systemctl: 'systemd',
  getent: 'libc-bin',
  awk: 'mawk',
};

const coreutils = ['cat', 'cksum', 'cut', 'dd', 'df', 'head', 'mkdir', 'mv', 'rm', 'sleep', 'sync', 'tail'];

/** What to install so that these programs are there. */
export function installText(missing: readonly string[]): string {
  const wanted = missing.map((tool) => (coreutils.includes(tool) ? 'coreutils' : (packages[tool] ?? tool)));
  return `Install there: ${[...new Set(wanted)].join(' ')} (the names of Debian's packages).`;
}
