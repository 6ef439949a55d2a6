import { ok } from '../../../model/result.ts';
import { type Outcome, refuse } from '../status.ts';
import { copyOf, type Fields, isFields } from '../values.ts';
import { jsonPatch } from './json.ts';
import { mergePatch } from './merge.ts';
import { strategicPatch } from './strategic.ts';

const TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** Applies a patch of the type that its content type names, to a copy; 415 for other types. */
export function applyPatch(contentType: string, object: object, patch: unknown): Outcome<unknown> {
  const document = copyOf(object) as Fields;
  if (contentType === TYPES[0]) return jsonPatch(document, patch);
  if (contentType !== TYPES[1] && contentType !== TYPES[2]) return refuse(415, unsupported(contentType));
  if (!isFields(patch)) return refuse(400, 'error decoding patch: it must be a JSON object');
  return contentType === TYPES[1] ? ok(mergePatch(document, patch)) : strategicPatch(document, patch);
}

/** In the words of an API server without server-side apply. */
function unsupported(contentType: string): string {
  const known = `accepted media types include: ${TYPES.join(', ')}`;
  if (!contentType.startsWith('application/apply-patch'))
    return `the body of the request was in an unknown format - ${known}`;
  return `server-side apply is not served here, use client-side apply - ${known}`;
}
