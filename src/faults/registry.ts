import type { AnyFault } from '../model/contracts/fault.ts';
import { exec } from './exec/exec.ts';
import { httpLoad } from './http/load.ts';
import { deploymentEnv } from './kubernetes/deployment-env.ts';
import { deploymentScale } from './kubernetes/deployment-scale.ts';
import { podDelete } from './kubernetes/pod-delete.ts';
import { processKill } from './process/kill.ts';
import { processPause } from './process/pause.ts';

/** The catalogue. */
export const faults: readonly AnyFault[] = [
  podDelete,
  deploymentEnv,
  deploymentScale,
  processPause,
  processKill,
  httpLoad,
  exec,
];
