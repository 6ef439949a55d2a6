import { JOIN_S, markRules, SUSTAINED_S } from './charts/health.ts';

/** How to read a report, as docs/reading.md: kept beside the code that follows it. */
export const readingPage = (): string => `# Reading a report

Every chart has the same x axis: seconds from the first injection. What lies left of 0 happened before anything was broken.

- **Shades.** No shade: baseline. Warm: the fault, from the first injection until the last undo (for an instantaneous fault until
  its effect is over). Cool: recovery. Lines mark the moments of injection and undo.
- **Hatched: not observed.** Nothing is known there, neither good nor bad. Silence is not health.
- **A dotted bar at the foot: generator-limited.** Our own load was over 5 ms late there (judged in stretches of 100 ms), so what is
  seen may be our fault and not the target's.
- **Rates.** *Sent* is what left us, *answered* is what came back with any answer, *succeeded* is what came back as wanted.
  Answered without succeeded: it is failing. Sent without answered: it is silent.
- **Latency** counts from the moment an operation should have started (open loop), so a stall is not hidden. The faint line is the
  service time: from the moment it was really sent. The axis is logarithmic where single outliers would flatten all the rest; then it says so.
- **Errors** in percent of what should have started in that stretch, stacked by kind. The scale is one of 5, 10, 25, 50 or 100 %, so that
  a small bar is a small problem.
- **Slow or failing?** Slow: latency rises, errors do not. Failing: errors rise. Both can be.

## Healthy, warning, critical

A chart is judged in stretches (of half a second in a short run) from the first injection on, against its own baseline:

${markRules.map(([chart, rule]) => `- **${chart}:** ${rule}.`).join('\n')}

*Healthy*: never out. *Warning*: out, but never for more than ${SUSTAINED_S} s on end, and back. *Critical*: out for more than ${SUSTAINED_S} s on end, or
still out in the end. Stretches less than ${JOIN_S} s apart are one. *Not judged*: more than half was not observed.
A mark says what the chart looks like. Whether that is good enough is what your predictions say.
`;
