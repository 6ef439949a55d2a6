import { hosts } from './hosts/lab.ts';
import type { Lab } from './lab.ts';
import { pollApp } from './poll-app/lab.ts';
import { timeserver } from './timeserver/lab.ts';

/** Every lab there is. */
export const labs: readonly Lab[] = [pollApp, timeserver, hosts];

export const findLab = (name: string): Lab | undefined => labs.find((lab) => lab.name === name);
