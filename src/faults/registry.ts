import type { AnyFault } from '../model/contracts/fault.ts';
import { exec } from './exec/exec.ts';
import { httpLoad } from './http/load.ts';
import { deploymentEnv } from './kubernetes/deployment-env.ts';
import { deploymentScale } from './kubernetes/deployment-scale.ts';
import { podDelete } from './kubernetes/pod-delete.ts';
import { cpuLoad } from './load/cpu.ts';
import { diskLoad } from './load/disk-load.ts';
import { diskFill } from './load/fill.ts';
import { memoryLoad } from './load/memory.ts';
import { networkDelay } from './network/delay.ts';
import { networkLoss } from './network/loss.ts';
import { networkPartition } from './network/partition.ts';
import { networkRate } from './network/rate.ts';
import { networkReset } from './network/reset.ts';
import { processKill } from './process/kill.ts';
import { processPause } from './process/pause.ts';
import { serviceKill } from './service/kill.ts';
import { serviceRestart } from './service/restart.ts';
import { serviceStop } from './service/stop.ts';

/** The catalogue. */
export const faults: readonly AnyFault[] = [
  podDelete,
  deploymentEnv,
  deploymentScale,
  processPause,
  processKill,
  serviceStop,
  serviceRestart,
  serviceKill,
  httpLoad,
  cpuLoad,
  memoryLoad,
  diskFill,
  diskLoad,
  networkDelay,
  networkLoss,
  networkRate,
  networkPartition,
  networkReset,
  exec,
];
