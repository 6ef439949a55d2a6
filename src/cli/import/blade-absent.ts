import type { Problem } from '../../model/result.ts';

const EXEC = '`exec` runs your own commands under the same watchdog';

/** What ChaosBlade can break and we cannot yet: the nearest thing here. */
const nearest: Readonly<Record<string, string>> = {
  'network dns': `${EXEC}: one that adds the line to /etc/hosts, and one that takes it out`,
  'network dns_down': '`network.partition` with `ports: [53]`',
  'network occupy': '`service.stop` of what listens there, or `network.partition` with `local_ports`',
  'network duplicate': '`network.loss` or `network.delay`',
  'network corrupt': '`network.loss`: a corrupt packet is dropped by its checksum',
  'network reorder': '`network.delay` with `jitter`, which reorders packets',
  'time travel': `${EXEC}; undo with what the clock should be by then`,
  'process load': '`cpu.load` or `memory.load`',
  'strace delay': '`process.pause`',
  'strace error': EXEC,
  'script delay': EXEC,
  'script exit': EXEC,
};

const nearestOfTarget: Readonly<Record<string, string>> = {
  k8s: '`kubernetes.pod.delete`, `kubernetes.deployment.scale` or `kubernetes.deployment.env`',
  docker: '`process.kill` or `process.pause` of the container’s process on its host',
  cri: '`process.kill` or `process.pause` of the container’s process on its host',
  jvm: '`process.pause`',
  file: EXEC,
  cpu: '`cpu.load`: `blade create cpu fullload`',
  mem: '`memory.load`: `blade create mem load`',
  disk: '`disk.fill` or `disk.load`: `blade create disk fill`',
  network: '`network.delay`, `network.loss`, `network.partition`',
  process: '`process.kill` or `process.pause`',
  systemd: '`service.stop`: `blade create systemd stop`',
};

/** A fault of ChaosBlade that has no equivalent: named, with the nearest there is. */
export function absent(target: string, action: string, known: readonly string[]): Problem {
  const name = `${target} ${action}`;
  const near =
    nearest[name] ?? (Object.hasOwn(nearestOfTarget, target) ? nearestOfTarget[target] : undefined);
  return {
    code: 'name-unknown',
    message: `there is no equivalent of \`blade create ${name}\` yet`,
    expected: known.join(', '),
    fix:
      near === undefined
        ? '`aftershock faults` lists what can be broken.'
        : `The nearest: ${near}. \`aftershock faults\` lists all.`,
  };
}
