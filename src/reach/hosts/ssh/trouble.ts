import type { HostFailure } from '../../../model/contracts/world.ts';
import type { SshUse } from '../../../model/experiment.ts';
import { sshWords } from './options.ts';

/** What is known of a failed connection: what ssh said, and how the host was to be reached. */
interface Failed {
  said: string;
  use: SshUse;
}

interface Kind {
  /** Of what ssh says. */
  like: RegExp;
  kind: HostFailure['kind'];
  fix: (failed: Failed, match: RegExpExecArray) => string;
}

const plain = ({ use }: Failed): string => `ssh ${commandWords(use)}`;

/** What a person would type to reach the host; paths as they are. */
function commandWords({ destination, user, port, config, key }: SshUse): string {
  return [
    ...(config === undefined ? [] : ['-F', config]),
    ...(key === undefined ? [] : ['-i', key]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    user === undefined ? destination : `${user}@${destination}`,
  ].join(' ');
}

/** The first that fits counts. */
const kinds: readonly Kind[] = [
  {
    like: /Bad configuration option|Bad owner or permissions|terminating, \d+ bad configuration|missing argument|Unsupported option/i,
    kind: 'refused',
    fix: (failed) => `Correct the ssh configuration; \`${plain(failed)}\` says the same.`,
  },
  {
    like: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i,
    kind: 'refused',
    fix: ({ use, said }) =>
      `Its host key is another one than known_hosts has. If the machine was installed anew, take the old one out (\`ssh-keygen -R ${knownAs(said, use)}\`) and accept the new one by hand (\`${plain({ said, use })}\`). If it was not, somebody may stand between.`,
  },
  {
    like: /Host key verification failed|No .* host key is known for|authenticity of host/i,
    kind: 'refused',
    fix: (failed) =>
      `Its host key is not in known_hosts, and we never accept one by ourselves. Compare and accept it once by hand: \`${plain(failed)}\`, or \`ssh-keyscan ${failed.use.port === undefined ? '' : `-p ${failed.use.port} `}${failed.use.destination} >> ~/.ssh/known_hosts\` where you trust the network.`,
  },
  {
    like: /UNPROTECTED PRIVATE KEY FILE|Permissions .* for '.*' are too open|bad permissions/i,
    kind: 'refused',
    fix: () => 'Others can read the private key, so ssh does not use it: `chmod 600` the file.',
  },
  {
    like: /Too many authentication failures/i,
    kind: 'refused',
    fix: () => 'The agent offers too many keys before the right one: name it (`key: ~/.ssh/…`).',
  },
  {
    like: /Permission denied|no such identity|Authentication failed/i,
    kind: 'refused',
    fix: (failed) => `Make \`${plain(failed)}\` work without a prompt: its key, its user, or an agent.`,
  },
  {
    like: /Could not resolve hostname|Name or service not known|Temporary failure in name resolution/i,
    kind: 'unreachable',
    fix: () => 'Look at the name, at DNS, and at `Host` in your ssh configuration.',
  },
  {
    like: /stdio forwarding failed|UNKNOWN port 65535|administratively prohibited|open failed: connect failed/i,
    kind: 'unreachable',
    fix: (failed) =>
      `The way leads over a jump host (ProxyJump or ProxyCommand), and that failed: try \`${plain(failed)}\`, then the jump host itself.`,
  },
  {
    like: /Connection refused/i,
    kind: 'unreachable',
    fix: () => 'The machine is there, but nothing listens on that port: is sshd running, and the port right?',
  },
  {
    like: /timed out|Operation timed out|Timeout, server .* not responding/i,
    kind: 'unreachable',
    fix: () => 'No answer came: is the machine up, the address right, and no firewall in between?',
  },
  {
    like: /No route to host|Network is unreachable|Host is down/i,
    kind: 'unreachable',
    fix: () => 'Look at the network between here and there.',
  },
  {
    like: /Unable to negotiate|no matching (host key|key exchange|cipher|mac)/i,
    kind: 'refused',
    fix: (failed) =>
      `The two sides know no common algorithm; allow one in your ssh configuration, so that \`${plain(failed)}\` works.`,
  },
  {
    like: /kex_exchange_identification|Connection (closed|reset)|Bad packet length|banner line/i,
    kind: 'unreachable',
    fix: () =>
      'The other side hung up before anybody logged in: is it an sshd, is it overloaded (MaxStartups), does it ban this address?',
  },
];

/** Why a connection could not be made, told by what ssh said. */
export function sshTrouble(said: string, use: SshUse): HostFailure {
  const text = said.trim();
  const failed = { said: text, use };
  for (const { like, kind, fix } of kinds) {
    const match = like.exec(text);
    if (match !== null) return { kind, text: shortened(text, use), fix: fix(failed, match) };
  }
  return {
    kind: 'unreachable',
    text: text === '' ? `ssh could not reach ${sshWords(use)}` : shortened(text, use),
    fix: `Make \`${plain(failed)}\` work by hand first.`,
  };
}

/** Whether another try soon may well succeed: the sshd has too many at once that have not logged in yet. */
export const isCrowded = (said: string): boolean =>
  /kex_exchange_identification: (Connection (closed|reset)|read)|Exceeded MaxStartups/i.test(said);

/** A script that could not be started there, though the connection is fine. */
export function startTrouble(said: string, { use, code }: { use: SshUse; code: number }): HostFailure {
  const text = said.trim();
  if (/^sudo: /m.test(text)) return sudoTrouble(text, use);
  if (/not found|No such file/i.test(text) && /\b(sh|head|setsid|sudo)\b/.test(text)) {
    return {
      kind: 'failed',
      text: `a program that every script needs is missing there: ${text}`,
      fix: 'We need a POSIX sh, head, cat, setsid (Debian: dash, coreutils, util-linux; or BusyBox), and sudo where `sudo: true`.',
    };
  }
  return {
    kind: 'refused',
    text: `no script can be run there: ${text === '' ? `the login ended with exit code ${code}` : text}`,
    fix: `The user needs a login shell that runs commands: try \`${plain({ said, use })} id\`.`,
  };
}

/** sudo that does not work without a person. */
export function sudoTrouble(said: string, use: SshUse): HostFailure {
  const user = use.user ?? 'USER';
  const tty = /must have a tty/i.test(said);
  return {
    kind: 'refused',
    text: said === '' ? 'sudo does not work there without a password' : said,
    fix: tty
      ? `Take \`requiretty\` away for this user (visudo: \`Defaults:${user} !requiretty\`).`
      : `Allow it without a password (visudo: \`${user} ALL=(ALL) NOPASSWD: ALL\`), log in as root, or write \`sudo: false\` where faults need no root.`,
  };
}

/** ssh's warning about a changed key is a page long; the lines that say something stay. */
function shortened(text: string, use: SshUse): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^@+$|^@ .* @$/.test(line));
  const changed = /IDENTIFICATION HAS CHANGED/.test(text);
  const offending = lines.find((line) => /^Offending/.test(line));
  if (!changed) return lines.join('; ');
  return `the host key of ${sshWords(use)} has changed${offending === undefined ? '' : ` (${offending})`}`;
}

/** The name under which known_hosts has it, as ssh-keygen -R wants it. */
const knownAs = (said: string, { destination, port }: SshUse): string =>
  /ssh-keygen .*-R '?"?([^'"\s]+)/.exec(said)?.[1] ??
  /host key for (\S+) has changed/i.exec(said)?.[1] ??
  (port === undefined ? destination : `'[${destination}]:${port}'`);
