import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import type { HostKind } from '../hosts/fault.ts';
import type { Unit } from './unit.ts';

/** Where services are, and what it takes to change them. */
export const onMachines = {
  kinds: ['ssh', 'local'],
  why: { netns: 'services belong to the machine, not to a network namespace' },
  root: true,
} as const;

/** Whether a unit may be stopped, restarted or killed; why not. */
export function suitable(
  unit: Unit,
  { host, verb }: { host: string; verb: 'stop' | 'restart' | 'kill' },
): Result<void> {
  const no = (why: string, fix: string): Result<void> => {
    const problem: Problem = {
      code: 'target-unsuitable',
      message: `${unit.id} on the host ${host} ${why}.`,
      fix,
    };
    return fail(problem);
  };
  const { id, active, sub } = unit;
  if (id.startsWith('aftershock-'))
    return no('is what undoes a fault of aftershock', 'Choose another service.');
  if (unit.inside) return no('is the one in which aftershock runs', 'Choose another service.');
  if (unit.load === 'masked')
    return no('is masked, and so does not run', `Unmask it (\`systemctl unmask ${id}\`), or choose another.`);
  if (unit.load !== 'loaded')
    return no(`cannot be loaded (${unit.load})`, `Look at \`systemctl status ${id}\` there.`);
  if (active !== 'active' && active !== 'reloading')
    return no(
      `does not run: it is ${active} (${sub})`,
      `Start it (\`systemctl start ${id}\`), or choose another.`,
    );
  if (verb !== 'kill' && unit.refusesStop)
    return no('refuses to be stopped or started by hand', 'Use service.kill, or choose another service.');
  if (verb !== 'restart' && unit.transient && (verb === 'stop' || !isRestarted(unit)))
    return no(
      'was made by `systemd-run`: once it has ended nothing can start it again',
      'Choose another service.',
    );
  if (verb === 'kill' && (unit.pid === '0' || unit.start === ''))
    return no('has no main process', 'Use process.kill, or service.stop.');
  return ok(undefined);
}

/** Whether `Restart=` of systemd starts it again after a process of it was killed. */
export const isRestarted = ({ restart }: Unit): boolean =>
  ['always', 'on-failure', 'on-abnormal', 'on-abort'].includes(restart);

/** What a plan says of a unit that stops. */
export function stopNotes(unit: Unit): string[] {
  const { id, enabled, triggers } = unit;
  return [
    ...(unit.with.length === 0
      ? []
      : [`These stop with it, and are started again: ${unit.with.join(', ')}.`]),
    ...triggers.map(
      (one) =>
        `${one} starts it again, at the next connection or at its time: then the effect is gone early.`,
    ),
    ...(enabled === 'enabled'
      ? []
      : [
          `The unit file of ${id} is ${enabled === '' ? 'of no state' : enabled}: it may not come up at boot by itself. Where the host reboots meanwhile, it is started then, as before.`,
        ]),
  ];
}

const network = 'it keeps the addresses and routes of the host';
const firewall = 'it keeps the rules of the firewall';
const logins = 'logins wait for it';

/** Services by which we come to a host over ssh; those of a template without their instance. */
const CARRIERS: Readonly<Record<string, string>> = {
  ssh: 'it takes our connections',
  sshd: 'it takes our connections',
  dropbear: 'it takes our connections',
  dbus: logins,
  'dbus-broker': logins,
  'systemd-logind': logins,
  'systemd-networkd': network,
  NetworkManager: network,
  networking: network,
  dhcpcd: network,
  connman: network,
  wpa_supplicant: network,
  'wg-quick': network,
  tailscaled: network,
  openvpn: network,
  nftables: firewall,
  firewalld: firewall,
  ufw: firewall,
  iptables: firewall,
  'netfilter-persistent': firewall,
};

/** Why we may not reach the host while a service is away; undefined where that has nothing to do with it. */
export function carries(unit: string, kind: HostKind): string | undefined {
  const name = unit.replace(/(?:@[^.]*)?(?:\.service)?$/, '').replace(/@.*$/, '');
  const why = kind === 'ssh' && Object.hasOwn(CARRIERS, name) ? CARRIERS[name] : undefined;
  return why === undefined
    ? undefined
    : `${unit} can cut our own way to the host: ${why}. Its lease is its deadline, and the host undoes it by itself then.`;
}
