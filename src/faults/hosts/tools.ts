/** The Debian package that brings a program; where the two have other names. */
const packages: Readonly<Record<string, string>> = {
  tc: 'iproute2',
  ip: 'iproute2',
  ss: 'iproute2',
  nft: 'nftables',
  flock: 'util-linux',
  setsid: 'util-linux',
  taskset: 'util-linux',
  fallocate: 'util-linux',
  unshare: 'util-linux',
  modprobe: 'kmod',
  ping: 'iputils-ping',
  ps: 'procps',
  systemctl: 'systemd',
  getent: 'libc-bin',
  awk: 'mawk',
  find: 'findutils',
  xargs: 'findutils',
  zcat: 'gzip',
};

const coreutils = [
  'cat',
  'cksum',
  'cut',
  'dd',
  'df',
  'env',
  'head',
  'mkdir',
  'mkfifo',
  'mv',
  'rm',
  'sleep',
  'sort',
  'stat',
  'sync',
  'tail',
  'tr',
  'wc',
];

/** The Debian package that brings a program. */
export const packageOf = (tool: string): string =>
  coreutils.includes(tool) ? 'coreutils' : (packages[tool] ?? tool);

/** What to install so that these programs are there. */
export function installText(missing: readonly string[]): string {
  const wanted = missing.map(packageOf);
  return `Install there: ${[...new Set(wanted)].join(' ')} (the names of Debian's packages).`;
}
