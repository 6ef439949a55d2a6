import { accessSync, constants, readFileSync } from 'node:fs';
import type { Machine } from './machines.ts';

export const QEMU = 'qemu-system-x86_64';

/** How QEMU runs a machine's processor: by the machine's own hardware, or by translation. */
export interface Accelerator {
  name: 'kvm' | 'tcg';
  /** Told apart in a snapshot's key: a snapshot made on one processor does not wake up on another. */
  cpu: string;
}

/**
 * KVM where it is real. A `/dev/kvm` that opens is no proof: a paravirtual one has no vmx or svm in /proc/cpuinfo, and
 * on it an ordinary kernel crawls, slower than by translation.
 */
export function accelerator(
  cpuinfo: string = readFileSync('/proc/cpuinfo', 'utf8'),
  usable: boolean = mayUse('/dev/kvm'),
): Accelerator {
  if (!usable || !/^flags.* (vmx|svm)( |$)/m.test(cpuinfo)) return { name: 'tcg', cpu: 'max' };
  return { name: 'kvm', cpu: /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1] ?? 'host' };
}

function mayUse(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What QEMU reads. */
export interface Image {
  /** The folder with base.raw, vmlinuz and initrd.gz. */
  folder: string;
}

/** A machine's own folder has disk.qcow2, and gets: `wire` and `qmp` (sockets), `console`. */
export interface Wiring {
  /** Relative to the folder that QEMU runs in: the path of a socket has 107 characters at most. */
  folder: string;
  /** The other machine's folder; where there is none, its wire ends in nothing. */
  peer: string;
  port: Machine['port'];
  /** The snapshot it wakes up from; it boots unless told. */
  wake?: string;
}

const KERNEL_LINE = 'console=ttyS0 rw net.ifnames=0 quiet mitigations=off panic=5';
/** QEMU's name of what a machine's ssh comes in by. */
export const SSH_CARD = 'u0';
const NETWORK_CARD = 'virtio-net-pci,romfile=,netdev=';

/** The command that runs a machine. A guest that powers itself off keeps its QEMU, so that a reset brings it back. */
export function qemuCommand(image: Image, wiring: Wiring, { name }: Accelerator): string[] {
  const { folder, peer, port, wake } = wiring;
  const ssh = `user,id=${SSH_CARD},restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`;
  const wire = `dgram,id=w0,local.type=unix,local.path=${folder}/wire,remote.type=unix,remote.path=${peer}/wire`;
  const processor =
    name === 'kvm'
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', 'tcg,thread=multi,tb-size=128', '-cpu', 'max'];
  return [
    ...['nice', '-n', '5', QEMU, ...processor, '-M', 'q35', '-smp', '2', '-m', '256'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-shutdown'],
    ...['-kernel', `${image.folder}/vmlinuz`, '-initrd', `${image.folder}/initrd.gz`, '-append', KERNEL_LINE],
    ...['-drive', `if=none,id=d0,file=${folder}/disk.qcow2,format=qcow2,cache=unsafe`],
    ...['-device', 'virtio-blk-pci,drive=d0'],
    ...['-netdev', ssh, '-device', `${NETWORK_CARD}${SSH_CARD}`],
    ...['-netdev', wire, '-device', `${NETWORK_CARD}w0`],
    ...['-device', 'virtio-rng-pci'],
    ...['-qmp', `unix:${folder}/qmp,server=on,wait=off`, '-serial', `file:${folder}/console`],
    ...(wake === undefined ? [] : ['-loadvm', wake]),
  ];
}
