import type { AnyFault } from '../model/contracts/fault.ts';
import { deploymentEnv } from './kubernetes/deployment-env.ts';
import { deploymentScale } from './kubernetes/deployment-scale.ts';
import { podDelete } from './kubernetes/pod-delete.ts';

/** The catalogue. */
export const faults: readonly AnyFault[] = [podDelete, deploymentEnv, deploymentScale];
