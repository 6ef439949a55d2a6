import { sleep } from '../../src/reach/clock.ts';
import { quote } from '../../src/reach/hosts/ssh/quote.ts';
import type { TestMachine, TestMachines } from '../support/machines.ts';
import { type Place, type Ran, ranBy } from './place.ts';

const FOLDER = '/srv/drill';
/** What QEMU's own network answers for, besides our side of the ssh connection. */
export const NEIGHBOUR = '10.0.2.3';
const LOOK_MS = 500;

/** A Debian machine of the QEMU lab. The connections that we look by are not those of the run. */
export function machinePlace(lab: TestMachines, machine: TestMachine): Place {
  const { name } = machine;
  let generation = 0;
  const socket = (): string => `/tmp/drill-${process.pid}-${lab.port}-${name}-${generation}`;
  const leave = async (): Promise<void> => {
    await ranBy('ssh', ['-F', lab.sshConfig, '-S', socket(), '-O', 'exit', name], { within_ms: 5_000 });
    generation += 1;
  };
  const sh = (script: string, args: readonly string[] = [], within_ms = 30_000): Promise<Ran> => {
    const line = `FOLDER=${FOLDER} exec sh -c ${quote(script)} sh ${args.map(quote).join(' ')}`;
    const shared = ['-o', 'ControlMaster=auto', '-o', 'ControlPersist=60', '-o', `ControlPath=${socket()}`];
    const limits = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', '-o', 'LogLevel=ERROR'];
    return ranBy('ssh', ['-F', lab.sshConfig, ...shared, ...limits, name, line], { within_ms });
  };
  const answers = async (within_ms: number): Promise<void> => {
    const until = Date.now() + within_ms;
    for (;;) {
      await leave();
      if ((await sh('true', [], 10_000)).code === 0) return;
      if (Date.now() > until) throw new Error(`${name} does not answer within ${within_ms} ms`);
      await sleep(LOOK_MS);
    }
  };
  return {
    host: name,
    use: { ssh: name, config: lab.sshConfig },
    kind: 'ssh',
    env: {},
    records: '/run/aftershock',
    folder: FOLDER,
    peer: NEIGHBOUR,
    scope: 'whole',
    sh,
    reset: async () => {
      await leave();
      await machine.reset();
      const made = await sh('mkdir -p "$FOLDER"');
      if (made.code !== 0) throw new Error(`${name} after its reset: ${made.stderr}`);
    },
    power: {
      link: (is) => (is === 'cut' ? machine.linkDown() : machine.linkUp()),
      reset: machine.hardReboot,
      answers,
    },
    close: leave,
  };
}
