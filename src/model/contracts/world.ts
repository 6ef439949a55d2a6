import type { HostUse } from '../experiment.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Result } from '../result.ts';

/** Our one clock. `now` never jumps; `wall` is only for people and for anchors. */
export interface Clock {
  /** Nanoseconds since the run's start (monotonic). */
  now(): number;
  /** Milliseconds since 1970. */
  wall(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** An API's refusal or silence. `uncertain`: a write that may or may not have been made; read it back. */
export interface ApiFailure {
  /** HTTP status; 0 where no answer came. */
  status: number;
  /** The API's `reason` (NotFound, Conflict, Forbidden …) or our word for no answer: refused, timeout, aborted, reset, tls. */
  reason: string;
  /** The exact text. */
  text: string;
  uncertain: boolean;
}

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with the API's prefix: `/api/v1/namespaces/x/pods`. */
  path: string;
  query?: Record<string, string>;
  body?: Json;
  /** Of a PATCH. */
  patch?: 'json' | 'merge' | 'strategic';
  /** Ends the call with `timeout`; 10 s unless told. */
  deadline_ms?: number;
}

/** A read of plain text. */
export interface TextRequest {
  path: string;
  query?: Record<string, string>;
  /** The media type that is wanted; any unless told. */
  accept?: string;
  /** Ends the call with `timeout`; 10 s unless told. */
  deadline_ms?: number;
}

/** One event of a watch stream; `object` of a BOOKMARK holds only its resourceVersion. */
export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: JsonObject;
}

/** Why a watch stream ended. */
export type WatchEnd =
  | { why: 'gone' }
  | { why: 'ended' }
  | { why: 'aborted' }
  | { why: 'failed'; failure: ApiFailure };

/** Our slice of the Kubernetes API; `reach/` binds it to the official client's configuration. */
export interface KubernetesApi {
  /** Where it is and who we are, for plans and messages; never a credential. */
  readonly about: {
    context: string;
    server: string;
    namespace: string;
    /** The file that was named; absent where it is kubectl's own. */
    kubeconfig?: string;
  };
  /**
   * The API server's clock, milliseconds since 1970, within about a second: the Date header of its last answer and
   * what has passed since by our monotonic clock. Ours before the first answer. For leases that several machines read.
   */
  serverTime(): number;
  request(request: ApiRequest, signal: AbortSignal): Promise<Result<JsonObject, ApiFailure>>;
  /** Reads what is no JSON, word for word: what a pod answers through the API's proxy, a log. */
  text(request: TextRequest, signal: AbortSignal): Promise<Result<string, ApiFailure>>;
  /**
   * Calls `onOpen` when the API has agreed to watch, then `onEvent` for each event until the stream ends; resolves
   * with the reason, never rejects.
   */
  watch(
    request: { path: string; query: Record<string, string>; onOpen?: () => void },
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<WatchEnd>;
}

/** Why a script did not run on a host, or not to its end. */
export interface HostFailure {
  /**
   * `unreachable` and `refused`: the way there, or who we are there; `lost`: the connection was cut in the middle;
   * `failed`: the host could not start it, or it said too much.
   */
  kind: 'unreachable' | 'refused' | 'lost' | 'timeout' | 'aborted' | 'failed';
  /** The exact text. */
  text: string;
  /** The next step, where one is known. */
  fix?: string;
  /** The script may have run, in part or to its end: look what is there. */
  uncertain?: boolean;
}

export interface HostScript {
  /** POSIX sh; every value comes as an argument or on stdin, never spliced into the text. */
  script: string;
  args?: readonly string[];
  stdin?: string;
  /** Ends the script, with all that it started in its process group, with `timeout`; 10 s unless told, 20 s over ssh. */
  deadline_ms?: number;
  /** Told of each line as it comes, for a script that stays; standard output is then not kept. */
  onLine?: (line: string) => void;
}

/** How a script ended; what a signal ended has 128 + its number. */
export interface HostRan {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * A machine, or a network namespace of one, on which things can be broken; `reach/` binds each kind. A script finds
 * AFTERSHOCK_KIND (local, ssh, netns), AFTERSHOCK_NETNS (the name of its network namespace, else empty) and
 * AFTERSHOCK_PEER (over ssh `client-ip client-port server-ip server-port`, as in SSH_CONNECTION, else empty).
 */
export interface Host {
  /** As the system file names it. */
  readonly name: string;
  readonly kind: HostUse['kind'];
  /** How it is reached, for plans and messages: `this machine`, `ssh ops@10.0.0.2`; never a credential. */
  readonly where: string;
  /** Parts of command lines by which processes of aftershock itself are known there: never a target. */
  readonly ours: readonly string[];
  run(script: HostScript, signal: AbortSignal): Promise<Result<HostRan, HostFailure>>;
  /** Ends what is kept open to reach it; a later `run` opens it again. Nothing is lost where nobody calls it. */
  close?(): Promise<void>;
}

/** A reproducible source of chance, one per use, named so that adding one does not shift the others. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** `count` distinct items, in the order drawn. */
  pick<T>(items: readonly T[], count: number): T[];
}

/**
 * The outside world as faults and target finders see it. A further kind of target becomes a further member;
 * a fault names the members it needs, so none pays for the others.
 */
export interface World {
  /** The cluster of the system file; a Problem where it names none. */
  kubernetes(): Result<KubernetesApi>;
  /** A host of the system file by its name; a Problem where it names none such. */
  host(name: string): Result<Host>;
}
