import { fail, type Result } from '../../model/result.ts';

/** What the API answers when a request fails (and to most deletes). */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, unknown>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: Cause[];
  retryAfterSeconds?: number;
}

/** One thing that is wrong with a field. */
export interface Cause {
  reason: string;
  message: string;
  field: string;
}

/** What the texts say about the object that a request was about. */
export interface Named {
  group: string;
  plural: string;
  kind: string;
}

/** A value, or the Status to answer instead. */
export type Outcome<T> = Result<T, Status>;

const REASONS: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** A failure with the usual reason of its code; `extra` replaces or adds fields. */
export function failure(code: number, message: string, extra: Partial<Status> = {}): Status {
  const reason = REASONS[code] ?? 'Unknown';
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    ...extra,
  };
}

/** `failure` as a failed outcome. */
export const refuse = (code: number, message: string, extra: Partial<Status> = {}) =>
  fail(failure(code, message, extra));

/** `pods`, `deployments.apps`: how the texts name a resource. */
const groupResource = (of: { group: string; plural: string }): string =>
  of.group === '' ? of.plural : `${of.plural}.${of.group}`;

const detailsOf = (of: Named, name: string): StatusDetails => ({
  name,
  ...(of.group === '' ? {} : { group: of.group }),
  kind: of.plural,
});

export const notFound = (of: Named, name: string) =>
  refuse(404, `${groupResource(of)} "${name}" not found`, { details: detailsOf(of, name) });

/** The path leads nowhere: no such group, version, resource or subresource. */
export const unknownPath = () =>
  refuse(404, 'the server could not find the requested resource', { details: {} });

export const alreadyExists = (of: Named, name: string) =>
  refuse(409, `${groupResource(of)} "${name}" already exists`, {
    reason: 'AlreadyExists',
    details: detailsOf(of, name),
  });

const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

export const conflict = (of: Named, name: string, why = STALE) =>
  refuse(409, `Operation cannot be fulfilled on ${groupResource(of)} "${name}": ${why}`, {
    reason: 'Conflict',
    details: detailsOf(of, name),
  });

export const forbidden = (of: Named, name: string, why: string) =>
  refuse(403, `${groupResource(of)}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`, {
    details: detailsOf(of, name),
  });

/** 422 with one or more wrong fields, in the API's words. */
export function invalid(of: Named, name: string, causes: Cause[]) {
  const kind = of.group === '' ? of.kind : `${of.kind}.${of.group}`;
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const why = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return refuse(422, `${kind} "${name}" is invalid: ${why}`, {
    details: {
      name,
      ...(of.group === '' ? {} : { group: of.group }),
      kind: of.kind,
      causes,
    },
  });
}

/** What a delete that does not return the object answers. */
export function deleted(of: Named, name: string, uid: string): Status {
  const details = { ...detailsOf(of, name), uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details, code: 200 };
}
