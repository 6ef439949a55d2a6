import { release, totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { factsIn, factsOf } from './facts.ts';
import { localHost } from './local.ts';

const never = new AbortController().signal;

test('a host tells what it is', async () => {
  const facts = await factsOf(localHost('here', []), never, ['sh', 'no-such-program']);
  if (!facts.ok) throw new Error(facts.problem.message);
  const { tools, memory_bytes, memory_available_bytes, clock, ...rest } = facts.value;
  expect(rest).toMatchObject({
    name: 'here',
    kind: 'local',
    kernel: release(),
    uid: process.getuid?.(),
    init: expect.stringMatching(/^(systemd|openrc|busybox|other)$/),
    boot: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(rest.peer).toBeUndefined();
  expect(tools).toContain('sh');
  expect(tools).not.toContain('no-such-program');
  expect(Math.abs(memory_bytes - totalmem())).toBeLessThan(totalmem() / 100);
  expect(memory_available_bytes).toBeLessThan(memory_bytes);
  // It is our own clock.
  expect(Math.abs(clock?.offset_ms ?? Number.NaN)).toBeLessThanOrEqual(clock?.error_ms ?? 0);
});

test('what a small machine does not tell is absent', () => {
  const facts = factsIn(
    'distribution \nkernel 6.1\narchitecture armv7l\ninit runit\nuid 1000\nlogin \ncores 0\npeer \n',
  );
  expect(facts).toEqual({
    kernel: '6.1',
    architecture: 'armv7l',
    init: 'other',
    uid: 1_000,
    tools: [],
    cores: 1,
    memory_bytes: 0,
    memory_available_bytes: 0,
    load: '',
    boot: '',
  });
  expect(factsIn('peer fe80::1 50022 fe80::2 22\nlogin ops\nmachine abc').peer).toEqual({
    client: 'fe80::1',
    clientPort: 50_022,
    server: 'fe80::2',
    serverPort: 22,
  });
});
