import type { JsonObject } from '../../model/json.ts';
import { textAt } from './fields.ts';

/** Being deleted: what `kubectl` shows as Terminating is no phase. */
export const isTerminating = (pod: JsonObject): boolean =>
  textAt(pod, 'metadata', 'deletionTimestamp') !== undefined;
