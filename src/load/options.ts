import type { Json } from '../model/json.ts';

/** Statuses from and to, both inclusive. */
export type StatusRange = readonly [from: number, to: number];

/** What an operation of a load over bare TCP does. */
export interface TcpExchange {
  host: string;
  port: number;
  /** Sent when the connection is there, with its line end. */
  send?: string;
  /** The first line that comes must hold this. */
  expect?: string;
}

/** One load over HTTP, or over TCP alone, as its worker is given it. */
export interface LoadOptions {
  url: string;
  /** Makes it a load over TCP: of the rest, only pace and patience count. */
  tcp?: TcpExchange;
  method: string;
  /** Names and values. */
  headers: readonly (readonly [string, string])[];
  /** A fixed body, or a JSON one that may hold `{ pick: [...] }`. */
  body?: string;
  json?: Json;
  /** A complete answer with another status is a failure. */
  expected: readonly StatusRange[];
  rate_per_s: number;
  timeout_ms: number;
  /** Requests in flight at once, each on its own connection; others wait for one, and the wait counts. */
  connections: number;
  /** Fixes the bodies: the n-th operation of two loads with one seed has the same body. */
  seed: string;
  /** Names each operation, so that what it left behind can be found again. */
  ids?: OperationIds;
  /** A load that must not outlive its permission; without it, only `stop` ends it. */
  permit?: Permit;
  /** `process.hrtime` at the zero of the run's clock. */
  clockStart: bigint;
}

/** The n-th operation is called `<prefix>-<n>`, wherever its JSON body holds `{ id: true }`, and in a header. */
export interface OperationIds {
  prefix: string;
  /** The header's name; absent where only the body carries the id. */
  header?: string;
}

/** The id of an operation. */
export const idOf = (prefix: string, index: number): string => `${prefix}-${index}`;

/**
 * A dead man's switch, looked at before anything is sent: the load sends nothing more once the file is gone, once
 * nobody has renewed it for `lease_ms`, or once it is `deadline_ms` old.
 */
export interface Permit {
  /** Another process takes the permission away by removing it. */
  file: string;
  lease_ms: number;
  deadline_ms: number;
}

export const DEFAULT_CONNECTIONS = 64;
export const DEFAULT_EXPECTED: readonly StatusRange[] = [[200, 299]];
