import type { ApiFailure, KubernetesApi } from '../../model/contracts/world.ts';
import type { JsonObject } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';
import { objectsAt, textAt, versionOf } from './fields.ts';

/** A whole collection and the version from which a watch goes on. */
export interface Listed {
  items: JsonObject[];
  version: string;
}

/** Objects of one answer. */
export const PAGE = 500;

/**
 * Reads a collection page by page. Without a resourceVersion this is a quorum read: what it returns was true after
 * the call began. A 410 in between (the continue token is too old) is a failure like any other: list again.
 */
export async function listAll(
  api: KubernetesApi,
  request: { path: string; query?: Record<string, string>; deadline_ms?: number },
  signal: AbortSignal,
): Promise<Result<Listed, ApiFailure>> {
  const items: JsonObject[] = [];
  let next = '';
  for (;;) {
    const query = { ...request.query, limit: String(PAGE), ...(next === '' ? {} : { continue: next }) };
    const page = await api.request({ ...request, method: 'GET', query }, signal);
    if (!page.ok) return page;
    items.push(...objectsAt(page.value, 'items'));
    next = textAt(page.value, 'metadata', 'continue') ?? '';
    if (next === '') return ok({ items, version: versionOf(page.value) });
  }
}
