import { JOIN_S, markMeanings, markRules } from './charts/health.ts';
import { labelRules } from './charts/labels.ts';

const listOf = (rules: readonly (readonly [string, string])[]): string =>
  rules.map(([what, means]) => `- **${what}:** ${means}.`).join('\n');

/** How to read a report, as docs/reading.md: kept beside the code that follows it. */
export const readingPage = (): string => `# Reading a report

Every chart has the same x axis: seconds from the first injection, from the start of the baseline to the end of the run. What lies left of
0 happened before anything was broken. The axis never changes within a report, so a sudden drop is the system's, never another time range.

- **Shades.** No shade: baseline. Warm: the fault, from the first injection until the last undo (for an instantaneous fault until
  its effect is over). Cool: recovery. Lines mark the moments of injection (▼) and undo (▲).
- **Rates.** *Sent* is what left us, *answered* is what came back with any answer, *succeeded* is what came back as wanted.
  Answered without succeeded: it is failing. Sent without answered: it is silent.
- **Latency** counts from the moment an operation should have started (open loop), so a stall is not hidden. The faint line is the
  service time: from the moment it was really sent. The axis is logarithmic where single outliers would flatten all the rest; then it says so.
- **Errors** in percent of what should have started in that stretch, stacked by kind. The scale is one of 5, 10, 25, 50 or 100 %, so that
  a small bar is a small problem.
- **Slow or failing?** Slow: latency rises, errors do not. Failing: errors rise. Both can be.
- **Tail or shift?** p95 rises and p50 stays: a *tail*, few operations are much slower. Both rise: a *shift*, all of them are.

## What is labelled

${listOf(labelRules)}

## Healthy, warning, critical

A chart is judged in stretches (of half a second in a short run) from the first injection on, against its own baseline; a load test without
any fault is judged as a whole, against the median of its own p95 and the value that a count had longest. A stretch is *out* of what is
normal for it by these rules:

${listOf(markRules)}

The mark follows from them:

${listOf(markMeanings)}

Stretches less than ${JOIN_S} s apart are one. The marks stand at each chart, in a table above them with the reason of each, in \`report.json\`, and
in the summary that the terminal shows. A mark says what the chart looks like. Whether that is good enough is what your predictions say: an
error rate of 5 % is bad where you promised 0.1 %, and expected where you injected 5 %.

## For machines

Beside \`report.html\` and \`report.md\` the run folder holds

- \`junit.xml\`, in the format of Ant's JUnit task, for CI. The run is one suite: a case for each prediction, one for \`steady\`, one for
  *everything undone*, one for *the run came to its end*; its properties name run and verdict. A prediction that failed is a failure with what
  was expected and what was; an unknown one is an *error*, never *skipped*, because most build servers show that as green. All cases pass if
  and only if the run was as predicted.
- \`report.json\` (\`schema/report.json\`): verdict, summary (namespace, target selector, number of events, completed), predictions with their
  values, marks of the charts, timeline, detection, causes; and \`events\`: what a watcher would have been told. Of a killed pod: that it was
  chosen, that it was deleted, that it is gone, that another is being created (\`ContainerCreating\`, however short), and that all are ready
  again.
`;
