import { z } from 'zod';
import { addressField } from './address.ts';

const MOST_ADDRESSES = 64;
const MOST_PORTS = 32;
const LAST_PORT = 65_535;

/** Ports from the first to the last, both included. */
export interface Ports {
  from: number;
  to: number;
}

const range = /^(\d{1,5})(?:-(\d{1,5}))?$/;

/** `5432` or `6000-6010`; undefined where it is neither. */
export function portsOf(given: string | number): Ports | undefined {
  const [, first, last = first] = range.exec(String(given).trim()) ?? [];
  if (first === undefined) return undefined;
  const ports = { from: Number(first), to: Number(last) };
  return ports.from >= 1 && ports.from <= ports.to && ports.to <= LAST_PORT ? ports : undefined;
}

const portList = z
  .array(
    z.union([z.number().int(), z.string()]).refine((given) => portsOf(given) !== undefined, {
      message: 'must be a port from 1 to 65535, or some from the first to the last, such as 6000-6010',
    }),
  )
  .min(1)
  .max(MOST_PORTS);

export const addressList = z.array(addressField).min(1).max(MOST_ADDRESSES);

/** Which traffic: the fields that all network faults share. */
export const traffic = {
  ports: portList.describe("The peer's ports: numbers, and ranges such as 6000-6010").exactOptional(),
  local_ports: portList.describe("The host's own ports").exactOptional(),
  controller: z
    .enum(['keep', 'cut'])
    .describe('`keep` lets our own ssh connection to the host through; `cut` does not')
    .default('keep'),
};

/** The fields of those that change what goes over an interface. */
export const wire = {
  protocol: z.enum(['tcp', 'udp', 'icmp']).describe('Every protocol unless told').exactOptional(),
  interface: z
    .string()
    // What the kernel takes as a name, without what a shell, tc or nft would read as their own.
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,14}$/, 'must be the name of an interface, such as eth0')
    .describe(
      'The interface; the one of the route to each address unless told, and that of the default route where there is no address. Never `lo` unless written',
    )
    .exactOptional(),
};

export const to = addressList.describe(
  'Addresses of peers: IPv4, IPv6, blocks such as 10.0.0.0/8, names that the host resolves when the run is planned. Everybody unless told',
);

export const direction = z.enum(['out', 'in', 'both']);
export type Direction = z.infer<typeof direction>;

/** What the parameters of a network fault have in common; absent where one does not have it. */
export interface Traffic {
  to?: string[];
  ports?: (string | number)[];
  local_ports?: (string | number)[];
  protocol?: 'tcp' | 'udp' | 'icmp';
  direction: Direction;
  interface?: string;
  controller: 'keep' | 'cut';
}

/** For `refine`: ICMP has no ports. */
export const noPortsOfIcmp = [
  ({ protocol, ports, local_ports }: Pick<Traffic, 'protocol' | 'ports' | 'local_ports'>): boolean =>
    protocol !== 'icmp' || (ports === undefined && local_ports === undefined),
  { message: 'icmp has no ports: leave out ports and local_ports, or the protocol' },
] as const;
