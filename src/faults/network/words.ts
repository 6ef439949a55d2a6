/** What the pages of those that use netem say of it. */
export const onTheWire = (verb: string): string =>
  [
    `Hangs a \`prio\` qdisc of its own with netem on the interface, and filters for IPv4 and IPv6 that lead only the traffic that is meant to it: netem ${verb} it.`,
    'What comes in takes a way round over an `ifb` device of its own. Our own ssh connection goes before all of it.',
    'The kernel’s own root qdisc comes back by itself at the undo; one that somebody set up is refused.',
  ].join(' ');

/** The programs that netem takes. */
export const netemTools: readonly string[] = ['tc', 'ip', 'sed', 'grep', 'unshare', 'modprobe'];
