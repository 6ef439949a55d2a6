import type { JsonObject } from '../../model/json.ts';
import { MISSED, type Occurrence, OK, type Operation, type Point } from '../../model/series.ts';
import type { Nanos } from '../../model/time.ts';
import type { Redactor } from '../redact.ts';

/** Longer texts are cut: an error page is no help at 2,000 times a second. In characters. */
const TEXT_MAX = 2_000;
/** As much is looked through for secrets, so that none is cut in two where it would stay. */
const TEXT_LOOKED_AT = 16_000;
/** How a failure is recorded whose kind its series did not announce. */
const OTHER = 'other';

/** An operation as it is recorded: whole nanoseconds, a known kind, redacted; undefined without a time. */
export function cleanOperation(
  given: Operation,
  kinds: ReadonlySet<string> | undefined,
  redact: Redactor,
): Operation | undefined {
  const intended = moment(given.intended);
  if (intended === undefined) return undefined;
  const known = given.kind === OK || given.kind === MISSED || kinds === undefined || kinds.has(given.kind);
  const row: Operation = {
    intended,
    sent: moment(given.sent) ?? null,
    done: moment(given.done) ?? null,
    kind: known ? given.kind : OTHER,
  };
  if (given.status !== undefined && Number.isSafeInteger(given.status)) row.status = given.status;
  if (given.kind === OK) return row;
  const detail = given.detail ?? (known ? undefined : given.kind);
  if (detail !== undefined) row.detail = cut(detail, redact);
  return row;
}

/** A point as it is recorded; a number that is none (NaN, infinite) is a value that is not known. */
export function cleanPoint(given: Point, redact: Redactor): Point | undefined {
  const t = moment(given.t);
  if (t === undefined) return undefined;
  const point: Point = { t, value: cleanValue(given.value, redact) };
  const since = moment(given.since);
  if (since !== undefined) point.since = since;
  return point;
}

export function cleanOccurrence(given: Occurrence, redact: Redactor): Occurrence | undefined {
  const t = moment(given.t);
  if (t === undefined) return undefined;
  const row: Occurrence = {
    t,
    type: redact.text(given.type),
    subject: cut(given.subject, redact),
    detail: cleanDetail(given.detail, redact),
  };
  const since = moment(given.since);
  if (since !== undefined) row.since = since;
  if (Number.isFinite(given.foreign_t)) row.foreign_t = Number(given.foreign_t) + 0;
  if (Number.isFinite(given.foreign_error_s)) row.foreign_error_s = Number(given.foreign_error_s) + 0;
  return row;
}

/** Whole nanoseconds that SQLite and a double both hold exactly; undefined for what is no time. */
function moment(t: Nanos | null | undefined): Nanos | undefined {
  // + 0 makes a zero of -0.
  const rounded = Math.round(t ?? Number.NaN) + 0;
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}

function cleanValue(value: Point['value'], redact: Redactor): Point['value'] {
  if (typeof value === 'string') return cut(value, redact);
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  return value;
}

/** A copy of its own, so that nobody changes it later. What JSON cannot hold (a circle) is said to be so. */
function cleanDetail(detail: JsonObject, redact: Redactor): JsonObject {
  try {
    return redact.json(JSON.parse(JSON.stringify(detail)) as JsonObject);
  } catch {
    return { unreadable: true };
  }
}

const cut = (text: string, redact: Redactor): string =>
  redact.text(text.slice(0, TEXT_LOOKED_AT)).slice(0, TEXT_MAX).toWellFormed();
