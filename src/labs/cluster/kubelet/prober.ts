import { sleep } from '../../../reach/clock.ts';
import type { Probe } from '../shapes.ts';
import { type Finding, type Probed, tryProbe } from './attempt.ts';

/** What a prober tells: each failed try, and each time that enough tries agree. */
export interface Verdicts {
  failure(message: string): void;
  /** `successThreshold` or `failureThreshold` tries in a row have said so (again). */
  settled(success: boolean): void;
}

export interface Probing {
  probe: Probe;
  probed: Probed;
  /** When the pod was first seen (ms since 1970): tries come at whole periods from there, as the kubelet's do. */
  anchor: number;
}

/** Tries a probe every `periodSeconds` (10 unless told) until the signal ends it. */
export async function runProber(
  { probe, probed, anchor }: Probing,
  tell: Verdicts,
  signal: AbortSignal,
): Promise<void> {
  const periodMs = Math.max(1, probe.periodSeconds ?? 10) * 1000;
  const earliest = Date.now() + (probe.initialDelaySeconds ?? 0) * 1000;
  let streak = { success: false, length: 0 };
  for (;;) {
    await sleep(untilNext(anchor, periodMs, earliest), signal);
    if (signal.aborted) return;
    const finding: Finding = await tryProbe(probe, probed);
    if (signal.aborted) return;
    if (!finding.success) tell.failure(finding.message);
    const length = finding.success === streak.success ? streak.length + 1 : 1;
    streak = { success: finding.success, length };
    const enough = finding.success ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (length >= enough) tell.settled(finding.success);
  }
}

function untilNext(anchor: number, periodMs: number, earliest: number): number {
  const from = Math.max(Date.now(), earliest);
  const next = anchor + (Math.floor((from - anchor) / periodMs) + 1) * periodMs;
  return next - Date.now();
}
