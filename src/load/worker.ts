import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { buffersOf, encode } from './batch.ts';
import { Engine } from './engine/engine.ts';
import { watchPermit } from './engine/permit.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { LoadOptions } from './options.ts';

const port = parentPort;
if (port === null) throw new TypeError('internal: the load worker runs in a thread');
const options = workerData as LoadOptions;

// performance.now() is the same clock as hrtime, counted from the thread's start, and cheaper to read.
const offset = Number(process.hrtime.bigint() - options.clockStart) - performance.now() * 1e6;
const now = (): number => Math.round(performance.now() * 1e6 + offset);
const say = (message: FromWorker, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);
const permit = options.permit === undefined ? undefined : watchPermit(options.permit, now);

const engine = new Engine(options, now, {
  report: (rows, health) => {
    const batch = encode(rows);
    say({ is: 'report', batch, health }, buffersOf(batch));
  },
  ended: (why) => {
    say({ is: 'ended', why });
    port.close();
  },
  ...(permit === undefined ? {} : { revoked: permit.revoked }),
});
port.on('message', (message: ToWorker) => {
  if (message.is === 'stop') engine.stop();
  else if (message.is === 'halt') engine.halt('told');
  else permit?.renew();
});
// Before the start: a load whose permit is gone already ends in it.
say({ is: 'started', t: now() });
engine.start();
