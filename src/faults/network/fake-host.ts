import type { Host, World } from '../../model/contracts/world.ts';
import { ok } from '../../model/result.ts';
import { worldOf } from '../../reach/world.ts';

/** What a real host of a test pretends to be. */
export interface Pretence {
  kind?: Host['kind'];
  /** As `SSH_CONNECTION`: `10.0.0.9 40000 10.0.0.1 22`. */
  peer?: string;
  /** Programs that it claims not to have. */
  missing?: readonly string[];
  /** Lines that stand for what its kernel says of netem. */
  can?: readonly string[];
}

/** A world whose only host runs everything on a real one, and says other things of itself. */
export function pretending(real: Host, { kind = real.kind, peer = '', missing = [], can }: Pretence): World {
  const told = (text: string, args: readonly string[]): string => {
    const lines = text.split('\n').map((line) => (/^peer ?$/.test(line) ? `peer ${peer}` : line));
    const less = missing.filter((tool) => args.includes(tool)).map((tool) => `missing ${tool}`);
    const isKernel = lines.some((line) => /^kernel /.test(line)) && can !== undefined;
    const kept = isKernel ? lines.filter((line) => !line.startsWith('can ')) : lines;
    return [...less, ...(isKernel ? can.map((one) => `can ${one}`) : []), ...kept].join('\n');
  };
  const host: Host = {
    ...real,
    kind,
    run: async (script, signal) => {
      const ran = await real.run(script, signal);
      return ran.ok ? ok({ ...ran.value, stdout: told(ran.value.stdout, script.args ?? []) }) : ran;
    },
  };
  return worldOf({ host: () => ok(host) });
}
