import { ok } from '../../../model/result.ts';
import type { Answer, Call, Cluster } from '../http/call.ts';
import type { Outcome } from '../status.ts';
import { fieldsOf } from '../values.ts';
import { remove } from './delete.ts';

/** POST of an Eviction: a delete by the options in it, as there are no disruption budgets here. */
export function evict(cluster: Cluster, call: Call): Outcome<Answer> {
  const options = fieldsOf(call.body)['deleteOptions'];
  const removed = remove(cluster, { ...call, body: options, subresource: undefined });
  if (!removed.ok) return removed;
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  return ok({ code: 201, body });
}
