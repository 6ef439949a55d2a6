import { Client, type Dispatcher } from 'undici';
import type { Nanos } from '../../model/time.ts';
import { classify, type Failure } from '../kinds.ts';

/** One operation on its way: waiting for a connection, or on one. */
export interface Flight {
  intended: Nanos;
  /** When patience ends, on the clock that stands still while our own loop does. */
  deadline: Nanos;
  body: string | undefined;
  /** What the operation is called, where the load names them. */
  id: string | undefined;
  index: number;
  sent: Nanos | null;
  /** 0 until an answer begins. */
  status: number;
}

export interface Destination {
  origin: string;
  path: string;
  method: string;
  /** Names and values in turn. */
  headers: readonly string[];
  /** The header that carries the operation's id. */
  idHeader?: string;
  connect_timeout_ms: number;
}

/** What happens on connections, told to the engine. */
export interface Tower {
  now(): Nanos;
  /** The connection is free again; `failure` where no complete answer came. */
  landed(connection: Lane, flight: Flight, failure?: Failure): void;
}

/** What carries one operation at a time. */
export interface Lane {
  /** The operation on it. */
  readonly flight: Flight | undefined;
  send(flight: Flight): void;
  /** Cuts it without waiting; nothing more is told of its flight. */
  cut(): void;
}

/**
 * One keep-alive connection, opened when it is first needed and again after it ended. It carries one request at
 * a time and sends each request at most once: a request that the client would send again fails instead.
 */
export class Connection implements Lane, Dispatcher.DispatchHandler {
  readonly #client: Client;
  readonly #destination: Destination;
  readonly #tower: Tower;
  #flight: Flight | undefined;
  /** Requests that the present TCP connection has carried before this one. */
  #carried = 0;
  #answering = false;

  constructor(destination: Destination, tower: Tower) {
    this.#destination = destination;
    this.#tower = tower;
    this.#client = new Client(destination.origin, {
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      connectTimeout: destination.connect_timeout_ms,
    });
    this.#client.on('connect', () => {
      this.#carried = 0;
    });
  }

  get flight(): Flight | undefined {
    return this.#flight;
  }

  send(flight: Flight): void {
    this.#flight = flight;
    this.#answering = false;
    const { path, method, headers, idHeader } = this.#destination;
    const body = flight.body === undefined ? {} : { body: flight.body };
    const own = idHeader === undefined || flight.id === undefined ? [] : [idHeader, flight.id];
    this.#client.dispatch({ path, method, headers: [...headers, ...own], ...body }, this);
  }

  cut(): void {
    this.#flight = undefined;
    this.#client.destroy(new Error('cut'), () => undefined);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const flight = this.#flight;
    if (flight === undefined || flight.sent !== null) controller.abort(new Error('not sent a second time'));
    else flight.sent = this.#tower.now();
  }

  onResponseStart(_: unknown, status: number): void {
    this.#answering = true;
    // 1xx only announces the answer.
    if (this.#flight !== undefined && status >= 200) this.#flight.status = status;
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.#carried += 1;
    this.#land();
  }

  onResponseError(_: unknown, error: Error): void {
    const failure = classify(error);
    const lost = failure.kind === 'reset' || failure.kind === 'closed';
    this.#land(lost ? { ...failure, detail: failure.detail + this.#circumstance() } : failure);
  }

  /** What tells a lost answer from a connection that the server had closed between two requests. */
  #circumstance(): string {
    if (this.#answering) return ', in the middle of the answer';
    if (this.#carried > 0) return ', before the answer began, on a connection kept from earlier requests';
    return this.#flight?.sent === null ? ', before the request was sent' : ', before the answer began';
  }

  #land(failure?: Failure): void {
    const flight = this.#flight;
    this.#flight = undefined;
    if (flight !== undefined) this.#tower.landed(this, flight, failure);
  }
}
