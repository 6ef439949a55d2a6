import type { JsonObject } from '../../model/json.ts';
import type { Occurrence } from '../../model/series.ts';
import { numberAt, textAt, timeAt, uidOf, versionOf } from '../../reach/kubernetes/fields.ts';
import { present } from '../pods/view.ts';
import { OTHER_REASON } from './reasons.ts';

/** What an Event object says, in the old form (count, lastTimestamp) or the new one (series, eventTime). */
export interface EventView {
  uid: string;
  version: string;
  /** How often it has happened. */
  count: number;
  /** Normal or Warning. */
  type: string;
  reason: string;
  kind: string;
  name: string;
  /** The `nth` time that it happened, as it is recorded. */
  occurrence(reasons: ReadonlySet<string>, nth: number): Omit<Occurrence, 't' | 'since'>;
}

/** The API's times have a resolution of 1 s. */
const FOREIGN_ERROR_S = 1;

/** Reads an event as the API sent it. */
export function viewOf(event: JsonObject): EventView {
  const kind = textAt(event, 'involvedObject', 'kind') ?? '';
  const name = textAt(event, 'involvedObject', 'name') ?? '';
  const type = textAt(event, 'type') ?? 'Normal';
  const reason = textAt(event, 'reason') ?? '';
  const count = Math.max(1, numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1);
  return {
    uid: uidOf(event),
    version: versionOf(event),
    count,
    type,
    reason,
    kind,
    name,
    occurrence: (reasons, nth) => {
      const known = reasons.has(reason);
      return {
        type: known ? reason : OTHER_REASON,
        subject: `${kind.toLowerCase()}/${name}`,
        detail: {
          ...(known ? {} : { reason }),
          ...present('message', textAt(event, 'message')),
          ...(type === 'Normal' ? {} : { type }),
          ...(nth === 1 ? {} : { times: nth }),
          ...present('container', containerOf(event)),
          ...present(
            'from',
            textAt(event, 'source', 'component') || textAt(event, 'reportingComponent') || undefined,
          ),
        },
        // Only of the last occurrence does the object keep the time.
        ...(nth === count ? timesOf(event) : {}),
      };
    },
  };
}

function timesOf(event: JsonObject): Pick<Occurrence, 'foreign_t' | 'foreign_error_s'> {
  const last =
    timeAt(event, 'series', 'lastObservedTime') ??
    timeAt(event, 'lastTimestamp') ??
    timeAt(event, 'eventTime') ??
    timeAt(event, 'metadata', 'creationTimestamp');
  return last === undefined ? {} : { foreign_t: last, foreign_error_s: FOREIGN_ERROR_S };
}

/** The fieldPath of a container's event is `spec.containers{web}`. */
function containerOf(event: JsonObject): string | undefined {
  const path = textAt(event, 'involvedObject', 'fieldPath') ?? '';
  return /\{([^}]+)\}$/.exec(path)?.[1];
}
