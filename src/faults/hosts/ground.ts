import type { Ground } from '../../model/contracts/fault.ts';
import type { Host, World } from '../../model/contracts/world.ts';
import { ok, type Result } from '../../model/result.ts';
import { runScript, scriptOf } from '../../reach/hosts/script.ts';
import { giveLock, renewLock, takeLock } from './lock.ts';
import { recordsOn } from './record.ts';

/** One host as what a run breaks: its lock and the records of what runs did, both kept on the host. */
export function hostGround(name: string): Ground {
  const on = async <T>(world: World, act: (host: Host) => Promise<Result<T>>): Promise<Result<T>> => {
    const host = world.host(name);
    return host.ok ? act(host.value) : host;
  };
  return {
    name: `host ${name}`,
    lock: (world, holder, signal) => on(world, (host) => takeLock(host, holder, signal)),
    renew: (world, holder, signal) => on(world, (host) => renewLock(host, holder, signal)),
    unlock: (world, holder, signal) => on(world, (host) => giveLock(host, holder, signal)),
    leftovers: (world, signal) => on(world, (host) => recordsOn(host, signal)),
    snapshot: (world, signal) =>
      on(world, async (host) => {
        const facts = await factsOf(host, signal);
        const seen = facts.ok ? facts.value : { unread: facts.problem.message };
        return ok({ hosts: { [name]: seen } });
      }),
  };
}

const facts = scriptOf(`
cat /etc/machine-id 2>/dev/null || echo unknown
uname -sr
cut -d' ' -f1-3 /proc/loadavg
sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p; s/^MemAvailable: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo
`);

const BYTES_PER_KB = 1_024;

async function factsOf(host: Host, signal: AbortSignal): Promise<Result<Record<string, string | number>>> {
  const ran = await runScript(
    host,
    { script: facts, doing: 'read its facts', code: 'system-unreachable' },
    signal,
  );
  if (!ran.ok) return ran;
  const [machine = '', kernel = '', load = '', total = '', available = ''] = ran.value.stdout.split('\n');
  return ok({
    kind: host.kind,
    machine,
    kernel,
    load,
    memory_bytes: Number(total) * BYTES_PER_KB,
    memory_available_bytes: Number(available) * BYTES_PER_KB,
  });
}
