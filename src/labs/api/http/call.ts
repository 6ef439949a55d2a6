import type { Identity } from '../access.ts';
import type { Resource } from '../resources.ts';
import type { Status } from '../status.ts';
import type { Store } from '../store.ts';
import type { UsageSource } from '../usage.ts';
import type { Fields } from '../values.ts';
import type { Form } from './form.ts';

/** What a log request may ask of the kubelet's side. */
export interface LogOptions {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  sinceTime?: string;
  /** Ends when the client goes away. */
  signal: AbortSignal;
}

/** Gives a container's output in pieces of any size; undefined where it has not started (or not run before). */
export type LogSource = (
  of: { namespace: string; pod: string; container: string },
  options: LogOptions,
) => AsyncIterable<string> | undefined;

/** What the verbs work on. */
export interface Cluster {
  store: Store;
  logs: LogSource | undefined;
  usage: UsageSource | undefined;
  /** How often a watch that asks for bookmarks gets one. */
  bookmarkMs: number;
  /** How a watch from a forgotten version is refused: in the stream, as API servers now do, or by HTTP status. */
  goneAs: 'event' | 'status';
}

/** A request about a resource, taken apart. */
export interface Call {
  who: Identity;
  resource: Resource;
  /** Undefined: all namespaces, or a kind that has none. */
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  query: URLSearchParams;
  form: Form;
  contentType: string;
  /** The parsed body; a JSON patch is an array. Undefined when there was none. */
  body: unknown;
}

/** What a verb answers: a JSON document, or a stream that it writes itself. */
export type Answer =
  | { code: number; body: Fields | Status | object; warnings?: string[] }
  | { stream: (sink: Sink) => void };

/** The open end of a streamed response. */
export interface Sink {
  /** Sends the head; before it nothing may be written. */
  open(contentType: string): void;
  /** Writes a piece; false when the client reads too slowly and was cut off. */
  write(text: string): boolean;
  end(): void;
  /** Ends when the client, or the server, has gone away. */
  signal: AbortSignal;
}

/** The store's key for the object that a call names. */
export const keyOf = (call: Call, name: string) => ({
  resource: call.resource.plural,
  namespace: call.resource.namespaced ? (call.namespace ?? '') : '',
  name,
});

export const isDryRun = (query: URLSearchParams): boolean => query.getAll('dryRun').includes('All');
