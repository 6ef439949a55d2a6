import { faults } from '../faults/registry.ts';
import type { Registries } from '../files/load.ts';
import { labs } from '../labs/registry.ts';
import { signals } from '../signals/registry.ts';

/** Every fault, signal and lab there is, for whoever is passed them. */
export const registries: Registries = { faults, signals, labs };
