import type { AlertCandidate, AlertProposal } from '../../model/alert.ts';
import type { Measured } from '../../model/measure.ts';
import { type Nanos, seconds } from '../../model/time.ts';
import type { Detection, Impact } from '../../model/verdict.ts';
import { loadsOf } from '../findings/buckets.ts';
import type { MeasureContext } from '../measure.ts';
import type { Candidate } from './candidate.ts';
import { gaugeCandidates } from './gauges.ts';
import { loadCandidates } from './load.ts';
import { podCandidates } from './pods.ts';
import { adviceWithout, proposalOf } from './proposal.ts';
import type { Stage } from './replay.ts';
import { rangeOf } from './track.ts';
import { type Trial, type Tried, trialOf, tryRule } from './tried.ts';

/** As in the prometheus.yml that Prometheus ships; its built-in default is one minute. */
const DEFAULT_SCRAPE_S = 15;
/** What the rule is replayed with beside the system's own interval. */
const INTERVALS_S = [15, 5, 1];
/** More evaluations than this are not worth their time. */
const MOST_EVALUATIONS = 20_000;

/** What a proposal is made from, beside the recording. */
export interface ProposalInput {
  title: string;
  /** The label `job` of the app's own metrics. */
  job?: string;
  scrape_s?: number;
  impact: Impact;
  detection: readonly Detection[];
  recovered: Measured;
}

/** The Prometheus rule that would have caught this run; undefined where nothing was injected. */
export function proposeAlert(context: MeasureContext, input: ProposalInput): AlertProposal | undefined {
  const stage = stageOf(context, input.recovered);
  if (stage === undefined) return undefined;
  const configured_s = input.scrape_s ?? DEFAULT_SCRAPE_S;
  const length_s = (stage.run.to - stage.run.from) / seconds(1);
  const intervals = [...new Set([configured_s, ...INTERVALS_S])]
    .toSorted((a, b) => b - a)
    .filter((one) => one === configured_s || length_s / one <= MOST_EVALUATIONS);
  const trials = candidatesOf(context, input).map((candidate) => trialOf(candidate, stage, intervals));
  const finer = intervals.filter((one) => one <= configured_s);
  const tried = trials.map((trial) => ({ trial, all: finer.map((one) => bestOf(trial, stage, one)) }));
  const wanted = tried.filter(({ trial }) => isWanted(trial.candidate, input.impact));
  const chosen = finer
    .map((interval_s) =>
      wanted
        .flatMap(({ trial, all }) =>
          all.flatMap((one) => (one.interval_s === interval_s && one.why === '' ? [{ trial, one }] : [])),
        )
        .toSorted((a, b) => compare(a.one, b.one))
        .at(0),
    )
    .find((one) => one !== undefined);
  const felt = feltAfter(
    input,
    loadsOf(context.signals).map(({ signal }) => signal.name),
  );
  const others = tried
    .filter(({ trial, all }) => trial !== chosen?.trial && isWorthTelling(trial.candidate, all))
    .flatMap(({ all }) => runnerUp(all, { impact: input.impact, chosen: chosen?.one }));
  return {
    ...(chosen === undefined
      ? { ...adviceWithout(input.impact), interval_s: configured_s, replays: [] }
      : proposalOf(chosen, { stage, title: input.title, impact: input.impact, configured_s })),
    configured_s,
    ...(felt === undefined ? {} : { felt_after_s: felt }),
    others,
  };
}

function stageOf({ windows }: MeasureContext, recovered: Measured): Stage | undefined {
  const { run, origin, fault } = windows;
  if (origin === undefined || fault === undefined) return undefined;
  return { run, origin, over: Math.max(fault.to, steadyAt(origin, recovered) ?? run.to) };
}

/** When all was steady again, at the earliest: an alert after it is too late. */
function steadyAt(origin: Nanos, recovered: Measured): Nanos | undefined {
  if (recovered.is === 'value') return origin + seconds(Number(recovered.value));
  return recovered.is === 'bounded' ? origin + seconds(recovered.min) : undefined;
}

function candidatesOf(context: MeasureContext, { job }: ProposalInput): Candidate[] {
  const { samples, timeline, windows } = context;
  const loads = loadsOf(context.signals).filter(({ signal }) => signal.kind === 'http');
  return [
    ...loads.flatMap((load) =>
      loadCandidates({ ...load, samples, jumps: timeline.jumps }, { run: windows.run, job }),
    ),
    ...context.signals.flatMap((signal) => podCandidates(signal, context)),
    ...context.signals.flatMap((signal) => gaugeCandidates(signal, context, job)),
  ];
}

/** Where nobody felt anything, nothing that users feel is proposed. */
const isWanted = ({ kind }: Candidate, impact: Impact): boolean => impact !== 'none' || kind === 'cause';

/** With one interval: pending for one interval, so that a single evaluation calls nobody; else at once. */
function bestOf(trial: Trial, stage: Stage, interval_s: number): Tried {
  const tracks = trial.tracks.find((one) => one.interval_s === interval_s);
  if (tracks === undefined) return { candidate: trial.candidate, interval_s, why: 'it was not tried' };
  const pending = tryRule(trial, stage, { tracks, for_s: interval_s });
  if (pending.why === '') return pending;
  return tryRule(trial, stage, { tracks, for_s: 0 });
}

const kinds: Record<Candidate['kind'], number> = { symptom: 0, traffic: 1, cause: 2 };

/** Users' symptoms before causes, those that wait before those that do not, then the soonest, to a quarter of an interval. */
function compare(a: Tried, b: Tried): number {
  const latest = ({ rule }: Tried): number => {
    const fires = rule?.replay.fires;
    return fires?.is === 'value'
      ? Number(fires.value)
      : fires?.is === 'bounded'
        ? fires.max
        : Number.MAX_VALUE;
  };
  const waits = ({ rule }: Tried): number => Number((rule?.condition.for_s ?? 0) === 0);
  return (
    kinds[a.candidate.kind] - kinds[b.candidate.kind] ||
    waits(a) - waits(b) ||
    Math.round((4 * (latest(a) - latest(b))) / a.interval_s)
  );
}

/** When users first felt it: the first load whose errors or latency left its baseline. */
function feltAfter({ impact, detection }: ProposalInput, loads: readonly string[]): number | undefined {
  if (impact === 'none' || impact === 'unknown') return undefined;
  const times = detection
    .filter(
      ({ text }) => loads.some((load) => text.startsWith(`${load}.`)) && /\.(error_rate|p95_ms)$/.test(text),
    )
    .map(({ after_s }) => after_s);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Of the many gauges only those that would have done. */
const isWorthTelling = ({ isGauge }: Candidate, all: readonly Tried[]): boolean =>
  isGauge !== true || all.some(({ why }) => why === '');

/** The best that one candidate came to, for the table. */
function runnerUp(
  all: readonly Tried[],
  { impact, chosen }: { impact: Impact; chosen: Tried | undefined },
): AlertCandidate[] {
  const best = all.find(({ why }) => why === '') ?? all.find(({ rule }) => rule !== undefined) ?? all.at(-1);
  if (best === undefined) return [];
  const { candidate, rule, interval_s } = best;
  const unwanted = isWanted(candidate, impact) ? 'it fires, but another is better' : 'users felt nothing';
  const later =
    chosen !== undefined && interval_s < chosen.interval_s
      ? `only with a scrape every ${interval_s} s`
      : unwanted;
  return [
    {
      alert: candidate.alert,
      kind: candidate.kind,
      ...(rule === undefined
        ? {}
        : { expr: candidate.expr(rule.condition.threshold, rangeOf(interval_s)), replay: rule.replay }),
      why: best.why === '' ? later : best.why,
    },
  ];
}
