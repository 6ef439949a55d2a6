import type { Operation } from '../model/series.ts';
import type { Nanos } from '../model/time.ts';
import { type EndKind, endKinds } from './kinds.ts';

/** One ended operation, as the worker knows it. */
export interface Ended {
  /** It was the n-th of its load, from 0. */
  index: number;
  intended: Nanos;
  sent: Nanos | null;
  done: Nanos | null;
  kind: EndKind;
  /** 0 = none came. */
  status: number;
  /** Empty = none. */
  detail: string;
}

/** Ended operations by column, as they cross from the worker: NaN is null, texts are said once. */
export interface Batch {
  index: Float64Array<ArrayBuffer>;
  intended: Float64Array<ArrayBuffer>;
  sent: Float64Array<ArrayBuffer>;
  done: Float64Array<ArrayBuffer>;
  kind: Uint8Array<ArrayBuffer>;
  status: Uint16Array<ArrayBuffer>;
  /** Index into `texts`. */
  detail: Uint32Array<ArrayBuffer>;
  texts: readonly string[];
}

/** Packs operations for the way to the main thread. */
export function encode(rows: readonly Ended[]): Batch {
  const texts = new Map<string, number>();
  const indexOf = (text: string): number => {
    const known = texts.get(text) ?? texts.size;
    texts.set(text, known);
    return known;
  };
  return {
    index: Float64Array.from(rows, (row) => row.index),
    intended: Float64Array.from(rows, (row) => row.intended),
    sent: Float64Array.from(rows, (row) => row.sent ?? Number.NaN),
    done: Float64Array.from(rows, (row) => row.done ?? Number.NaN),
    kind: Uint8Array.from(rows, (row) => endKinds.indexOf(row.kind)),
    status: Uint16Array.from(rows, (row) => row.status),
    detail: Uint32Array.from(rows, (row) => indexOf(row.detail)),
    texts: [...texts.keys()],
  };
}

/** The memory of a batch, to be moved instead of copied. */
export const buffersOf = (batch: Batch): ArrayBuffer[] =>
  [batch.index, batch.intended, batch.sent, batch.done, batch.kind, batch.status, batch.detail].map(
    (column) => column.buffer,
  );

/** An operation of a load that knows which one it was, so that what it left behind can be found by its id. */
export interface Numbered extends Operation {
  /** It was the n-th of its load, from 0. */
  index: number;
}

/** Unpacks a batch into operations. */
export function decode(batch: Batch): Numbered[] {
  return Array.from(batch.intended, (intended, at): Numbered => {
    const operation: Numbered = {
      index: batch.index[at] ?? -1,
      intended,
      sent: orNull(batch.sent[at]),
      done: orNull(batch.done[at]),
      kind: endKinds[batch.kind[at] ?? 0] ?? 'other',
    };
    const status = batch.status[at] ?? 0;
    if (status > 0) operation.status = status;
    const detail = batch.texts[batch.detail[at] ?? 0] ?? '';
    if (detail !== '') operation.detail = detail;
    return operation;
  });
}

const orNull = (time: number | undefined): Nanos | null =>
  time === undefined || Number.isNaN(time) ? null : time;
