import { describe, expect, test } from 'vitest';
import { accelerator, qemuCommand } from './qemu.ts';

const cpuinfo = (flags: string): string => `model name\t: A CPU\nflags\t\t: fpu ${flags}\nbugs\t\t:\n`;

describe('the accelerator', () => {
  test.each(['vmx', 'svm', 'vmx sse'])('is KVM where the processor has %s', (flags) => {
    expect(accelerator(cpuinfo(flags), true)).toEqual({ name: 'kvm', cpu: 'A CPU' });
  });

  test.each([
    ['a paravirtual KVM', cpuinfo('sse4_2 svm_lock'), true],
    ['no right to use it', cpuinfo('vmx'), false],
    ['a machine that says nothing of itself', '', true],
  ])('is translation with %s', (_, text, usable) => {
    expect(accelerator(text, usable)).toEqual({ name: 'tcg', cpu: 'max' });
  });
});

describe("a machine's command", () => {
  const image = { folder: '/images/one' };
  const wiring = { folder: 'vm1', peer: 'vm2', port: 30_022 };

  test('joins it to its peer, and lets nothing in but ssh on the loopback address', () => {
    const command = qemuCommand(image, wiring, { name: 'tcg', cpu: 'max' }).join(' ');
    expect(command).toContain('local.path=vm1/wire,remote.type=unix,remote.path=vm2/wire');
    expect(command.match(/hostfwd=\S+/g)).toEqual(['hostfwd=tcp:127.0.0.1:30022-:22']);
    expect(command).toContain('restrict=on');
    expect(command).toContain('-kernel /images/one/vmlinuz');
    expect(command).not.toContain('-loadvm');
  });

  test('wakes it up from a snapshot where there is one', () => {
    const command = qemuCommand(image, { ...wiring, wake: 'ready' }, { name: 'kvm', cpu: 'A CPU' });
    expect(command.slice(-2)).toEqual(['-loadvm', 'ready']);
    expect(command.join(' ')).toContain('-accel kvm -cpu host');
  });
});
