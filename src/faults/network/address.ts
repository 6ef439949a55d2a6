import { z } from 'zod';

/** The peer's side of some traffic: an address or a block of them, in one family. */
export interface Peers {
  family: 'ip' | 'ip6';
  /** `10.0.0.2`, `10.0.0.0/8`, `fd00::/8`; absent where it is everybody of the family. */
  address?: string;
}

const literal = {
  ip: z.union([z.ipv4(), z.cidrv4()]),
  ip6: z.union([z.ipv6(), z.cidrv6()]),
};

/** RFC 1123, and underscores, which some use; with a letter, so that a mistyped number is none. */
const NAME =
  /^(?=.*[A-Za-z])[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?$/;

const MOST_NAME = 253;

/** What stands for itself: no name. */
export function peersOf(text: string): Peers | undefined {
  const family = (['ip', 'ip6'] as const).find((one) => literal[one].safeParse(text).success);
  if (family === undefined) return undefined;
  return /\/0+$/.test(text) ? { family } : { family, address: text };
}

const isName = (text: string): boolean => text.length <= MOST_NAME && NAME.test(text);

/** One entry of `to:`. */
export const addressField = z
  .string()
  .trim()
  .refine((text) => peersOf(text) !== undefined || isName(text), {
    message:
      'must be an IPv4 or IPv6 address, a block such as 10.0.0.0/8, or the name of a host (a zone such as %eth0 is written as `interface`)',
  });
