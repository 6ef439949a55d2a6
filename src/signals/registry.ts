import type { AnySignal } from '../model/contracts/signal.ts';
import { http } from './http.ts';
import { kubernetesPods } from './kubernetes-pods.ts';

/** Every kind of signal that a system file can name. */
export const signals: readonly AnySignal[] = [http, kubernetesPods];
