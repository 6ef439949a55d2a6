import { ok } from '../../../model/result.ts';
import type { KubeObject } from '../objects.ts';
import type { Resource } from '../resources.ts';
import type { Outcome } from '../status.ts';
import { fieldSelector } from './fields.ts';
import { labelSelector } from './labels.ts';

/** Which objects of a kind a list, watch or delete is about. */
export interface Selection {
  /** True when there is no selector at all. */
  everything: boolean;
  matches: (object: KubeObject) => boolean;
}

/** Reads `labelSelector` and `fieldSelector` of a request's query; a `name` selects that object alone. */
export function selectionOf(resource: Resource, query: URLSearchParams, name?: string): Outcome<Selection> {
  const labelText = query.get('labelSelector') ?? '';
  const fieldText = query.get('fieldSelector') ?? '';
  const labels = labelSelector(labelText);
  if (!labels.ok) return labels;
  const fields = fieldSelector(resource, fieldText);
  if (!fields.ok) return fields;
  return ok({
    everything: labelText === '' && fieldText === '' && name === undefined,
    matches: (object) =>
      (name === undefined || object.metadata.name === name) &&
      labels.value(object.metadata.labels ?? {}) &&
      fields.value(object),
  });
}
