import { thresholdRule } from './threshold.ts';

/** How the proposed alert is found, for docs/measures.md. */
export const alertRule = `The report proposes the Prometheus rule that would have caught the run, and replays it on the recording. Tried are, over each HTTP load, the share of
errors (as the app counts it, and as a proxy in front of it does), the p95 and p99 of its latency, and the rate of what succeeds; of pods fewer ready than before, and restarts; and
gauges that Prometheus has too, above what they had in the baseline.

*The replay* scrapes the recording every so many seconds, and evaluates as often, as Prometheus does: \`rate()\`, \`increase()\` and \`histogram_quantile()\` are its own formulas, over a range
of four scrapes; an alert fires once its condition held at every evaluation of \`for\`. Counters of errors begin at 0, those of good requests long before; latencies are counted from when a
request was sent, in the client libraries' default buckets; Prometheus knows nothing from before the run. It is done for 15 s, 5 s, 1 s and the system's own interval
(\`monitoring: { scrape_interval: … }\`, 15 s unless told), each with eight ways in which scrapes and evaluations may fall: hence *from the earliest to the latest*.

*Qualified* is a rule that, however they fall, is silent all through the baseline and fires before all is over (undone and steady again). It is not called silent where a part of the
baseline was not observed, or where the finest interval has fewer than five evaluations in it. Where a slow interval has none, the finest one decides: a share, a quantile or a count that no
few seconds of the baseline reach, no minute of it reaches.

*Proposed* is, with the system's own interval, else with the next finer one that has a qualified rule: what users feel before whether they are served before a cause; then what is pending for
one interval before what fires at once; then the soonest, to a quarter of an interval. Where users felt nothing, only a cause is proposed, for a ticket (\`severity: info\`).

${thresholdRule}`;
