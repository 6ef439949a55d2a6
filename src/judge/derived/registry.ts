import { type Measured, type MeasureRef, unknown } from '../../model/measure.ts';
import type { DerivedDescriptor } from '../../model/series.ts';
import type { MeasureContext } from '../measure.ts';
import { httpLedger } from './http-ledger.ts';
import { kubernetesEvents } from './kubernetes-events.ts';
import { kubernetesPods } from './kubernetes-pods.ts';

/** Computes one derived measure of a signal. */
export type Derived = (ref: MeasureRef, descriptor: DerivedDescriptor, context: MeasureContext) => Measured;

/** By `DerivedDescriptor.by`: one file each in this folder. */
const registry: Readonly<Record<string, Derived>> = {
  'http-ledger': httpLedger,
  'kubernetes-events': kubernetesEvents,
  'kubernetes-pods': kubernetesPods,
};

/** Computes a derived measure by the function that its descriptor names. */
export const derived: Derived = (ref, descriptor, context) =>
  registry[descriptor.by]?.(ref, descriptor, context) ??
  unknown(`this version does not know how to compute ${descriptor.by}`);
