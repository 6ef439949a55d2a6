import { z } from 'zod';
import type { HostUse, SshUse } from '../../model/experiment.ts';
import { type Destination, isNetnsName, parseDestination } from '../../reach/hosts/destination.ts';

const text = z.string().trim().min(1);

const destination = text
  .refine((value) => parseDestination(value).ok, {
    error: 'is no destination for ssh',
    params: {
      expected: 'pg1.example, ops@10.0.0.2, or ssh://ops@pg1.example:2222',
      fix: 'Write what `ssh` takes: a name, an address, or a `Host` of your ssh configuration.',
    },
  })
  .describe('Over ssh: a name, an address, a `Host` of your ssh configuration, or user@host');

const keys = {
  ssh: destination.optional(),
  user: text
    .regex(/^[A-Za-z0-9_][\w.+-]*$/, 'must be the name of a user')
    .describe('Over ssh: who logs in; as your ssh configuration says unless told')
    .optional(),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .describe('Over ssh: where its sshd listens; 22, or as your ssh configuration says, unless told')
    .optional(),
  key: text
    .describe("Over ssh: a private key, relative to this file; your own and your agent's unless told")
    .optional(),
  config: text
    .describe('Over ssh: an ssh configuration that is read instead of yours, relative to this file')
    .optional(),
  sudo: z
    .boolean()
    .describe(
      'Over ssh, where the user is not root: whether scripts run through `sudo -n`; where it works unless told',
    )
    .optional(),
  netns: text
    .refine(isNetnsName, 'must be a name that `ip netns list` shows')
    .describe('A network namespace of this machine, by its name')
    .optional(),
};

const twice = (key: 'user' | 'port', better: string) => ({
  error: `the ${key} is named twice`,
  path: [key],
  params: { fix: `Write it in one place: \`ssh: ${better}\`, or \`${key}:\`.` },
});

const reached = z
  .strictObject(keys)
  .refine((use) => (use.ssh === undefined) !== (use.netns === undefined), {
    error: 'must be reached in one way: { ssh: … } or { netns: … }',
    params: { expected: 'one of ssh, netns', fix: 'Write exactly one of ssh and netns.' },
    // A misspelt key says enough.
    when: ({ issues }) => issues.length === 0,
  })
  .refine((use) => use.netns === undefined || Object.keys(use).length === 1 || use.ssh !== undefined, {
    error: '`netns` stands alone',
    params: { fix: 'Take the other keys away: they are for ssh.' },
  })
  .refine((use) => use.user === undefined || namedIn(use.ssh).user === undefined, twice('user', 'user@host'))
  .refine(
    (use) => use.port === undefined || namedIn(use.ssh).port === undefined,
    twice('port', 'ssh://host:2222'),
  );

const local = z
  .string()
  .regex(/^local$/, 'must be `local` (this machine), `{ ssh: … }` or `{ netns: … }`')
  .describe('`local`: this machine');

/** `hosts:` of a system file. */
export const hostsShape = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a name of letters, digits, ., _ and -'),
  z.union([local, reached], 'must be `local` (this machine), `{ ssh: … }` or `{ netns: … }`'),
);

type Written = z.infer<typeof hostsShape>[string];

function namedIn(text: string | undefined): Partial<Destination> {
  const parsed = parseDestination(text ?? '');
  return parsed.ok ? parsed.value : {};
}

/** How a host is reached, of what was written; paths as they are. */
export function hostUse(written: Written): HostUse {
  if (typeof written === 'string') return { kind: 'local' };
  const { ssh: to, netns, ...more } = written;
  if (to === undefined) return { kind: 'netns', netns: netns ?? '' };
  return { kind: 'ssh', destination: to, ...namedIn(to), ...defined(more) };
}

const defined = (more: Partial<Record<keyof typeof keys, unknown>>): Partial<Omit<SshUse, 'kind'>> =>
  Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
