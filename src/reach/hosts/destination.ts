import type { HostUse, SshUse } from '../../model/experiment.ts';
import { fail, ok, type Result } from '../../model/result.ts';

/** Where an ssh destination leads. */
export type Destination = Pick<SshUse, 'destination' | 'user' | 'port'>;

const MAX_PORT = 65_535;

/**
 * `pg1.example`, `ops@10.0.0.2`, `ssh://ops@[fe80::1]:2222`, as ssh takes them. Nothing in it can be taken for an option or
 * be expanded by ssh. The failure is what it must be.
 */
export function parseDestination(text: string): Result<Destination, string> {
  const wanted = fail('a destination for ssh: pg1.example, ops@10.0.0.2 or ssh://ops@pg1.example:2222');
  const [, isUrl, user, bracketed, plain, port] =
    /^(ssh:\/\/)?(?:([\w.+-]+)@)?(?:\[([0-9A-Za-z:.]+)\]|([\w.:-]+?))(?::(\d{1,5}))?\/?$/.exec(text) ?? [];
  if (plain === undefined && bracketed === undefined) return wanted;
  const isWhole = isUrl !== undefined || bracketed !== undefined;
  // Without ssh:// a colon is part of an IPv6 address.
  const destination = bracketed ?? (isWhole || port === undefined ? (plain ?? '') : `${plain}:${port}`);
  const isAddress = destination.includes(':');
  if (destination.startsWith('-') || user?.startsWith('-') === true) return wanted;
  if (isAddress && !/^[0-9A-Fa-f:.]+$/.test(destination)) return wanted;
  if (isAddress && destination.split(':').length < 3) return wanted;
  const number = isWhole && port !== undefined ? Number(port) : undefined;
  if (number !== undefined && (number < 1 || number > MAX_PORT)) return wanted;
  return ok({
    destination,
    ...(user === undefined ? {} : { user }),
    ...(number === undefined ? {} : { port: number }),
  });
}

/** The name of a network namespace, as a file in /run/netns. */
export const isNetnsName = (text: string): boolean =>
  /^[\w@+:-][\w@+:.-]*$/.test(text) && !text.startsWith('-');

const NETNS = 'netns:';

/** A host as it is named without a system file: `here`, `netns:blue`, or an ssh destination. */
export function parseHost(text: string): Result<HostUse, string> {
  if (text === 'here' || text === 'localhost') return ok({ kind: 'local' });
  if (text.startsWith(NETNS)) {
    const netns = text.slice(NETNS.length);
    return isNetnsName(netns)
      ? ok({ kind: 'netns', netns })
      : fail('netns: and the name of a network namespace');
  }
  const destination = parseDestination(text);
  return destination.ok ? ok({ kind: 'ssh', ...destination.value }) : destination;
}
