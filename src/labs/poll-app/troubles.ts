import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, App } from '../app/handler.ts';
import type { Knobs } from './knobs.ts';

/** A leak stops there, so that a machine whose cluster enforces no limit survives it. */
const MOST_LEAKED_MB = 1_024;
const LEAK_EVERY_MS = 100;
const MB = 2 ** 20;

const sinceStartS = (): number => performance.now() / 1000;

/** Waits as long as the knobs say a request of that kind must. */
export async function slowDown(knobs: Knobs, what: 'api' | 'ready' | 'live'): Promise<void> {
  if (sinceStartS() < knobs.slowAfterS) return;
  const shared = what === 'api' || knobs.delayProbes ? knobs.delayMs : 0;
  const ms = shared + (what === 'ready' ? knobs.readyDelayMs : 0);
  if (ms > 0) await delay(ms);
}

/** What the probes are told. */
export const probesOf = (knobs: Knobs): NonNullable<App['probes']> => ({
  async live() {
    await slowDown(knobs, 'live');
    const sick = sinceStartS() >= knobs.livenessFailsAfterS;
    return answer(sick ? 500 : 200, sick ? 'sick' : 'ok');
  },
  async ready() {
    await slowDown(knobs, 'ready');
    return answer(knobs.neverReady ? 503 : 200, knobs.neverReady ? 'never ready' : 'ready');
  },
});

const answer = (status: number, word: string): Answer => ({ status, body: { status: word } });

/** Takes memory and writes to every page of it, at a steady rate. */
export function leak(mbPerS: number): void {
  if (mbPerS <= 0) return;
  const kept: Buffer[] = [];
  const begun = sinceStartS();
  let leakedMb = 0;
  const timer = setInterval(() => {
    const due = Math.min((sinceStartS() - begun) * mbPerS, MOST_LEAKED_MB) - leakedMb;
    if (due * MB >= 1) kept.push(Buffer.alloc(Math.floor(due * MB), (kept.length % 255) | 1));
    leakedMb += due;
    if (leakedMb >= MOST_LEAKED_MB) clearInterval(timer);
  }, LEAK_EVERY_MS);
}
