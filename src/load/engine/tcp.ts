import { connect, type Socket } from 'node:net';
import { classify, type Failure } from '../kinds.ts';
import type { TcpExchange } from '../options.ts';
import type { Flight, Lane, Tower } from './connections.ts';

/** A first line that is longer than this is none that anybody expects, in characters. */
const LONGEST_LINE = 4_096;
/** Of a wrong answer so much is told, in characters. */
const MOST_TOLD = 200;

/** A new TCP connection for each operation: made, used for one line each way where that is asked for, and closed. */
export class TcpLane implements Lane {
  readonly #exchange: TcpExchange;
  readonly #tower: Tower;
  #flight: Flight | undefined;
  #socket: Socket | undefined;

  constructor(exchange: TcpExchange, tower: Tower) {
    this.#exchange = exchange;
    this.#tower = tower;
  }

  get flight(): Flight | undefined {
    return this.#flight;
  }

  send(flight: Flight): void {
    this.#flight = flight;
    const { host, port, send, expect } = this.#exchange;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    let heard = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      flight.sent = this.#tower.now();
      if (send !== undefined) socket.write(send);
      if (expect === undefined) this.#land(socket);
    });
    socket.on('data', (text: string) => {
      heard += text;
      const end = heard.indexOf('\n');
      if (end < 0 && heard.length < LONGEST_LINE) return;
      this.#land(socket, wrong(end < 0 ? heard : heard.slice(0, end), expect));
    });
    socket.on('end', () => {
      this.#land(socket, {
        kind: 'closed',
        detail: `the connection was closed before a line came${said(heard)}`,
      });
    });
    socket.on('error', (error) => this.#land(socket, classify(error)));
  }

  cut(): void {
    this.#flight = undefined;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #land(socket: Socket, failure?: Failure): void {
    if (socket !== this.#socket) return;
    const flight = this.#flight;
    this.#flight = undefined;
    this.#socket = undefined;
    // What was written still goes out; nothing of what comes is waited for.
    if (failure === undefined) socket.destroySoon();
    else socket.destroy();
    if (flight !== undefined) this.#tower.landed(this, flight, failure);
  }
}

/** What is wrong with an answer, if anything is. */
function wrong(line: string, expect: string | undefined): Failure | undefined {
  if (expect === undefined || line.includes(expect)) return undefined;
  return { kind: 'protocol', detail: `the answer was not as expected${said(line)}` };
}

const said = (text: string): string => (text === '' ? '' : `: ${text.trim().slice(0, MOST_TOLD)}`);
