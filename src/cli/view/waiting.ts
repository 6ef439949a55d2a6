import type { Look } from '../../model/contracts/fault.ts';
import type { Injection } from '../../model/injection.ts';

const AGAIN_AFTER_MS = 10_000;

/** Says what is waited for: once for each target, and again when that has changed, at most every 10 s. */
export function waiting(
  say: (text: string) => void,
  atMost_s: number,
  now_ms: () => number = () => performance.now(),
): (injection: Injection, look: Look) => void {
  const said = new Map<string, { evidence: string; at_ms: number }>();
  return (injection, { evidence }) => {
    const last = said.get(injection.id);
    const at_ms = now_ms();
    if (last !== undefined && (last.evidence === evidence || at_ms < last.at_ms + AGAIN_AFTER_MS)) return;
    said.set(injection.id, { evidence, at_ms });
    const limit = last === undefined ? ` (at most ${atMost_s} s)` : '';
    say(`waiting until ${injection.target.name} is as before${limit}: ${evidence}`);
  };
}
