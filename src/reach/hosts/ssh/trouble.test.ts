import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { needs } from '../../../../test/support/needs.ts';
import { knownLine, makeKey, type Sshd, sshConfig, startSshd } from '../../../../test/support/sshd.ts';
import type { Host, HostFailure } from '../../../model/contracts/world.ts';
import type { SshUse } from '../../../model/experiment.ts';
import { sshHost } from './host.ts';

const never = new AbortController().signal;
const WITHIN_MS = 30_000;

describe.skipIf(!needs('sshd'))('what keeps a host from being reached over ssh', () => {
  const endings: (() => Promise<void>)[] = [];
  const end = { onTestFinished: (one: () => Promise<void>) => void endings.push(one) };
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await startSshd({ port: 30_710, ...end });
  });
  afterAll(async () => {
    for (const one of endings) await one();
  });

  /** A file of an ssh configuration, with what is different in it. */
  const config = (name: string, of: Partial<Parameters<typeof sshConfig>[0]>): string => {
    const path = join(sshd.folder, name);
    writeFileSync(path, sshConfig({ port: sshd.port, key: sshd.key, known: sshd.known, ...of }));
    return path;
  };
  const hostOf = (use: Partial<SshUse> = {}): Host => {
    const host = sshHost('box', { kind: 'ssh', destination: 'box', config: sshd.config, ...use }, []);
    onTestFinished(() => host.close?.());
    return host;
  };
  const failure = async (use: Partial<SshUse>): Promise<HostFailure> => {
    const ran = await hostOf(use).run({ script: 'echo in', deadline_ms: WITHIN_MS }, never);
    if (ran.ok) throw new Error(`it was reached: ${ran.value.stdout}`);
    expect(ran.problem.uncertain).toBeUndefined();
    return ran.problem;
  };

  test('a name that nobody knows', async () => {
    const { kind, text, fix } = await failure({ destination: `${'a'.repeat(64)}.invalid` });
    expect([kind, text, fix]).toEqual([
      'unreachable',
      expect.stringContaining('Could not resolve hostname'),
      expect.stringContaining('DNS'),
    ]);
  });

  test('a port where nothing listens, and one that says nothing', async () => {
    const refused = await failure({ port: 30_798 });
    expect(refused).toMatchObject({ kind: 'unreachable', text: expect.stringContaining('refused') });
    expect(refused.fix).toContain('is sshd running');
    const silent = createServer().listen(30_719, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const began = performance.now();
    const nothing = await failure({ port: 30_719 });
    expect(nothing).toMatchObject({ kind: 'unreachable', text: expect.stringContaining('timed out') });
    expect(performance.now() - began).toBeLessThan(25_000);
  });

  test('a host key that is unknown, and one that has changed, whatever the configuration says', async () => {
    const empty = join(sshd.folder, 'known_nothing');
    writeFileSync(empty, '');
    const lax = '\nHost *\n  StrictHostKeyChecking no\n';
    const unknown = await failure({ config: config('unknown', { known: empty, more: lax }) });
    expect(unknown).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('Host key verification failed'),
    });
    expect(unknown.fix).toContain(`ssh -F ${join(sshd.folder, 'unknown')} box`);
    expect(unknown.fix).toContain('ssh-keyscan');
    expect(readFileSync(empty, 'utf8')).toBe('');
    const other = join(sshd.folder, 'known_other');
    writeFileSync(other, knownLine(sshd.port, `${makeKey(join(sshd.folder, 'other'))}.pub`));
    const changed = await failure({ config: config('changed', { known: other, more: lax }) });
    expect(changed).toMatchObject({
      kind: 'refused',
      text: expect.stringMatching(/^the host key of box has changed/),
    });
    expect(changed.fix).toContain(`ssh-keygen -R [127.0.0.1]:${sshd.port}`);
  });

  test('keys: none, encrypted without an agent, readable by others, not accepted; and never a prompt', async () => {
    const asked = join(sshd.folder, 'asked');
    const askpass = join(sshd.folder, 'askpass');
    writeFileSync(askpass, `#!/bin/sh\ntouch ${asked}\necho secret\n`, { mode: 0o755 });
    vi.stubEnv('SSH_ASKPASS', askpass);
    vi.stubEnv('SSH_ASKPASS_REQUIRE', 'force');
    vi.stubEnv('DISPLAY', ':0');
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const missing = join(sshd.folder, 'missing');
    const none = await failure({ config: config('none', { key: missing }) });
    expect(none).toMatchObject({ kind: 'refused', text: expect.stringContaining('there is no key') });
    expect(none.fix).toContain('ssh-copy-id');
    const locked = makeKey(join(sshd.folder, 'locked'), 'secret');
    const encrypted = await failure({ config: config('encrypted', { key: locked }) });
    expect(encrypted.text).toContain(`the key ${locked} is encrypted, and no agent runs`);
    expect(encrypted.fix).toContain(`ssh-add ${locked}`);
    const strange = makeKey(join(sshd.folder, 'strange'));
    const refused = await failure({ config: config('strange_config', { key: strange }) });
    expect(refused.text).toContain(`${strange} is not accepted`);
    const open = join(sshd.folder, 'open');
    copyFileSync(sshd.key, open);
    chmodSync(open, 0o644);
    expect((await failure({ config: config('open_config', { key: open }) })).fix).toContain('chmod 600');
    expect(existsSync(asked)).toBe(false);
  });

  test('a configuration that is not there, or wrong', async () => {
    const missing = await failure({ config: join(sshd.folder, 'no_config') });
    expect(missing).toMatchObject({ kind: 'refused', text: expect.stringContaining('no such file') });
    const wrong = await failure({ config: config('wrong', { more: 'NoSuchOption yes\n' }) });
    expect(wrong.text).toContain('Bad configuration option');
    expect(wrong.fix).toContain('Correct the ssh configuration');
  });

  test('a login that runs no commands', async () => {
    const forced = await startSshd({
      port: 30_711,
      lines: ['ForceCommand echo no shell here; exit 3'],
      ...end,
    });
    const failed = await failure({ config: forced.config });
    expect(failed).toMatchObject({ kind: 'refused', text: expect.stringContaining('no script can be run') });
    expect(failed.fix).toContain('login shell');
  });

  test('a jump host: through it, without it, and with a key of its own that nobody knows', async () => {
    const jump = await startSshd({ port: 30_712, ...end });
    const known = join(sshd.folder, 'known_both');
    writeFileSync(known, readFileSync(sshd.known, 'utf8') + readFileSync(jump.known, 'utf8'));
    const way = (name: string, port: number): string =>
      config(name, {
        known,
        more: `  ProxyJump jump\nHost jump\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ${jump.key}\n  StrictHostKeyChecking no\n`,
      });
    const through = hostOf({ config: way('through', jump.port) });
    expect(await through.run({ script: 'echo in', deadline_ms: WITHIN_MS }, never)).toMatchObject({
      value: { stdout: 'in\n' },
    });
    expect(jump.log()).toContain('Accepted publickey');
    const down = await failure({ config: way('down', 30_797) });
    expect(down.text).toMatch(/^the jump host on the way failed: .*refused/);
    writeFileSync(known, readFileSync(sshd.known, 'utf8'));
    const strange = await failure({ config: way('unknown_jump', jump.port) });
    expect(strange.text).toContain('Host key verification failed');
    expect(readFileSync(known, 'utf8')).toBe(readFileSync(sshd.known, 'utf8'));
  });

  test('an sshd that takes one session a connection, and few connections at its door', async () => {
    const narrow = await startSshd({ port: 30_713, lines: ['MaxSessions 1', 'MaxStartups 2:100:2'], ...end });
    const host = hostOf({ config: narrow.config });
    const all = await Promise.all(
      Array.from({ length: 3 }, () =>
        host.run({ script: 'sleep 1; echo in', deadline_ms: WITHIN_MS }, never),
      ),
    );
    expect(all.map((one) => (one.ok ? one.value.stdout : one.problem))).toEqual(['in\n', 'in\n', 'in\n']);
  });

  describe('without root there', () => {
    /** A PATH on which `id` tells of another user, and sudo does what is said. */
    const machine = async (port: number, sudo: string): Promise<Sshd> => {
      const bin = join(sshd.folder, `bin-${port}`);
      mkdirSync(bin);
      writeFileSync(join(bin, 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
      writeFileSync(join(bin, 'sudo'), `#!/bin/sh\n[ "$1" = -n ] || exit 9\nshift\n${sudo}\n`, {
        mode: 0o755,
      });
      return startSshd({ port, lines: [`SetEnv PATH=${bin}:/usr/bin:/bin`], ...end });
    };
    const by = 'printf %s "${BY_SUDO-nobody}|$AFTERSHOCK_PEER"';

    test('sudo is used where it works, and scripts still know their peer', async () => {
      const { config } = await machine(30_714, 'BY_SUDO=yes exec env -u SSH_CONNECTION BY_SUDO=yes "$@"');
      const said = await hostOf({ config }).run({ script: by, deadline_ms: WITHIN_MS }, never);
      expect(said).toMatchObject({ value: { stdout: expect.stringMatching(/^yes\|127\.0\.0\.1 \d+ /) } });
      const without = await hostOf({ config, sudo: false }).run(
        { script: by, deadline_ms: WITHIN_MS },
        never,
      );
      expect(without).toMatchObject({ value: { stdout: expect.stringMatching(/^nobody\|127/) } });
    });

    test('where it wants a password it is not used, and where it must be, that is said', async () => {
      const { config } = await machine(30_715, 'echo "sudo: a password is required" >&2; exit 1');
      const said = await hostOf({ config }).run({ script: by, deadline_ms: WITHIN_MS }, never);
      expect(said).toMatchObject({ value: { stdout: expect.stringMatching(/^nobody\|127/) } });
      const must = await failure({ config, sudo: true });
      expect(must).toMatchObject({ kind: 'refused', text: 'sudo: a password is required' });
      expect(must.fix).toContain('NOPASSWD');
    });
  });
});
