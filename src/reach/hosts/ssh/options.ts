import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SshUse } from '../../../model/experiment.ts';

/** How long one attempt to connect may take, in seconds: name, connection and the other side's greeting. */
export const CONNECT_WITHIN_S = 8;
/** How long a control master stays when nobody uses it, in seconds. */
const PERSIST_S = 30;

/**
 * What we insist on, whatever the user's configuration says: host keys are checked, nothing is asked, nothing is
 * forwarded, and a dead connection is noticed within 6 s. It stands in a file because only that reaches the ssh of a
 * jump host, too; the first value of a setting counts.
 */
const forced = `Host *
  BatchMode yes
  StrictHostKeyChecking yes
  ConnectTimeout ${CONNECT_WITHIN_S}
  ConnectionAttempts 1
  ServerAliveInterval 2
  ServerAliveCountMax 3
  TCPKeepAlive yes
  LogLevel ERROR
  RequestTTY no
  RemoteCommand none
  PermitLocalCommand no
  ForwardAgent no
  ForwardX11 no
  ClearAllForwardings yes
  AddKeysToAgent no
  UpdateHostKeys no
  VisualHostKey no
  EscapeChar none
`;

/** The text of the configuration that ssh reads for us: ours, then the given one, or the user's and the machine's. */
export const configText = (given?: string): string =>
  `${forced}${given ?? 'Include ~/.ssh/config\nInclude /etc/ssh/ssh_config\n'}`;

/** The options by which a host is reached, without its destination. */
export function sshOptions(use: SshUse, config: string): string[] {
  const { user, port, key } = use;
  return [
    ...['-F', config, '-T', '-x', '-a'],
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(key === undefined
      ? []
      : ['-o', `IdentityFile=${literal(wholePath(key))}`, '-o', 'IdentitiesOnly=yes']),
  ];
}

/** A path that ssh takes as it is: it would read `%h` and quotes in it as its own. */
const literal = (path: string): string => `"${path.replaceAll('%', '%%').replaceAll(/["\\]/g, '\\$&')}"`;

/** For the connection that the others share. `-N`: nothing runs on it; it goes to the background once it is open. */
export const masterOptions = (socket: string): string[] => [
  '-N',
  ...['-o', 'ControlMaster=yes'],
  ...['-o', `ControlPath=${literal(socket)}`],
  ...['-o', `ControlPersist=${PERSIST_S}`],
];

/** For one script over it; where the master cannot take it, ssh connects anew. */
export const sessionOptions = (socket: string): string[] => [
  ...['-o', 'ControlMaster=no'],
  ...['-o', `ControlPath=${literal(socket)}`],
];

/** A path as people write it, made whole. */
export const wholePath = (path: string, from = process.cwd()): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(from, path);

/** No prompt can appear, nor a window that asks. */
export const sshEnvironment = (): NodeJS.ProcessEnv => {
  const { SSH_ASKPASS: _askpass, DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...rest } = process.env;
  return { ...rest, SSH_ASKPASS_REQUIRE: 'never', LC_ALL: 'C' };
};

/** How a destination is called in words: `ops@pg1.example:2222`. */
export function sshWords({ destination, user, port }: SshUse): string {
  const host = destination.includes(':') && port !== undefined ? `[${destination}]` : destination;
  return `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`;
}
