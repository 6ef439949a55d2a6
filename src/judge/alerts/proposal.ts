import type { AlertProposal, AlertRule, AlertSeverity } from '../../model/alert.ts';
import type { Measured } from '../../model/measure.ts';
import type { Nanos } from '../../model/time.ts';
import type { Impact } from '../../model/verdict.ts';
import { measuredText, secondsText } from '../words.ts';
import type { Candidate } from './candidate.ts';
import { furthest, type Stage } from './replay.ts';
import { rangeOf } from './track.ts';
import { replaysOf, type Trial, type Tried } from './tried.ts';

type Advice = Pick<AlertProposal, 'advice' | 'words'>;

/** What is said where no rule qualifies. */
export function adviceWithout(impact: Impact): Advice {
  switch (impact) {
    case 'none':
      return { advice: 'none', words: 'Nothing that users felt: no alert should page for this.' };
    case 'unknown':
      return {
        advice: 'unknown',
        words: 'What users felt was not observed well enough to propose an alert for it.',
      };
    default:
      return {
        advice: 'none',
        words:
          'Users felt it, but no rule over what was recorded would have fired before it was over and been silent in the baseline.',
      };
  }
}

interface Chosen {
  trial: Trial;
  one: Tried;
}

type Ruled = Omit<AlertProposal, 'configured_s' | 'felt_after_s' | 'others'>;

/** What is proposed, in words and as a rule. */
export function proposalOf(
  { trial, one }: Chosen,
  of: { stage: Stage; title: string; impact: Impact; configured_s: number },
): Ruled {
  const { candidate, interval_s } = one;
  const { impact } = of;
  const condition = one.rule?.condition ?? { fires: candidate.fires, threshold: 0, for_s: 0 };
  const replays = replaysOf(trial, condition, of.stage);
  const severity = severityOf(candidate, impact);
  const expr = candidate.expr(condition.threshold, rangeOf(interval_s));
  const when = one.rule === undefined ? '' : firesText(one.rule.replay.fires);
  const only =
    interval_s === of.configured_s
      ? ''
      : `With a scrape every ${of.configured_s} s no rule would have caught this before it was over. `;
  const would = `${only}With a scrape every ${interval_s} s \`${candidate.alert}\` would have fired ${when}; it is silent in the baseline.`;
  const rule: AlertRule = {
    alert: candidate.alert,
    expr,
    for_s: condition.for_s,
    labels: { severity },
    annotations: { summary: candidate.summary, description: descriptionOf(of.title, of.stage, trial) },
  };
  return {
    advice: severity === 'critical' ? 'page' : 'ticket',
    words:
      impact === 'none'
        ? `Nothing that users felt: no alert should page for this. For a ticket: ${would.charAt(0).toLowerCase()}${would.slice(1)}`
        : would,
    interval_s,
    rule,
    source: candidate.source,
    replays,
  };
}

function severityOf({ kind }: Candidate, impact: Impact): AlertSeverity {
  if (impact === 'none') return 'info';
  return kind === 'symptom' ? 'critical' : 'warning';
}

/** A title is the user's text: nothing in it may be taken for a template. */
function descriptionOf(title: string, stage: Stage, { candidate, tracks }: Trial): string {
  const plain = title
    .replaceAll(/\{\{|\}\}|\s+/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
  const values = tracks.flatMap(({ all }) => all.flat());
  const far = (isWanted: (t: Nanos) => boolean): number | undefined =>
    furthest(
      candidate.fires,
      values.flatMap(({ t, value }) => (typeof value === 'number' && isWanted(t) ? [value] : [])),
    );
  const before = far((t) => t <= stage.origin);
  const during = far((t) => t > stage.origin);
  const seen = (value: number | undefined): string =>
    value === undefined ? 'nothing' : candidate.say(value);
  return `Proposed from the run "${plain}": ${seen(before)} at the worst before the fault, ${seen(during)} after it.`;
}

/** `5.2 s after the injection`, `5 to 9 s after the injection, depending on where the scrapes fall`. */
function firesText(fires: Measured): string {
  return fires.is === 'bounded'
    ? `${measuredText({ ...fires, min: rounded(fires.min), max: rounded(fires.max) }, 's')} after the injection, depending on where the scrapes fall`
    : fires.is === 'value'
      ? `${secondsText(Number(fires.value))} after the injection`
      : 'at an unknown time';
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
