import pc from 'picocolors';
import type { Timing } from '../model/experiment.ts';
import type { PlannedFault, Radius, RunPlan } from '../model/plan.ts';
import { formatDuration, formatPercent } from '../model/units.ts';
import { scheduleOf } from './planning/schedule.ts';
import { wrapLine } from './wrap.ts';

/** Lines are not longer than this, however wide the terminal is. */
const COLUMNS = 96;
/** Columns of the labels on the left. */
const LABEL = 12;

/** A plan for people: what would be broken, by which calls, how it is undone, how far it reaches, how long it takes. */
export function showPlan(plan: RunPlan, options: { color: boolean; columns?: number }): string {
  const columns = Math.min(options.columns ?? COLUMNS, COLUMNS);
  return planLines(plan, options)
    .flatMap((line) => wrapLine(line, { columns, hang: line.startsWith('  ') ? LABEL : 0 }))
    .join('\n');
}

function planLines(plan: RunPlan, options: { color: boolean }): string[] {
  const colors = pc.createColors(options.color);
  const { experiment, system, seed } = plan;
  const { limits } = system;
  return [
    colors.bold(experiment.title),
    experiment.question.trim(),
    '',
    ...row('system', `${system.name}: ${system.where}`),
    ...row(
      'limits',
      `${counted(limits.targets, 'target')}, ${formatPercent(limits.percent)}, ${formatDuration(limits.duration_s)} a fault` +
        `${limits.protect.length === 0 ? '' : `; protected: ${limits.protect.join(', ')}`}`,
    ),
    ...row('seed', `${seed} (\`run --seed ${seed}\` chooses the same targets)`),
    ...plan.watched.flatMap(({ name, text }, index) => row(index === 0 ? 'watches' : '', `${name}: ${text}`)),
    ...experiment.steady.flatMap(({ text }, index) => row(index === 0 ? 'steady' : '', text)),
    '',
    ...plan.faults.flatMap((fault) => [...faultLines(fault, colors), '']),
    ...(plan.faults.length === 0 ? ['Nothing is broken: the run only watches.', ''] : []),
    colors.bold('Timing'),
    ...timingLines(plan),
  ];
}

function faultLines(fault: PlannedFault, colors: ReturnType<typeof pc.createColors>): string[] {
  const held = fault.for_s === undefined ? '' : `, held for ${formatDuration(fault.for_s)}`;
  const targets = new Set(fault.targets.map(({ id }) => id));
  const others = fault.possible.filter(({ id }) => !targets.has(id));
  return [
    `${colors.bold(colors.magenta(fault.entry))}  ${fault.fault}, ${fault.when}${held}`,
    ...rows(
      'target',
      fault.targets.map(
        ({ name, namespace }) => `${name}${namespace === undefined ? '' : ` in ${namespace}`}`,
      ),
    ),
    ...(others.length === 0
      ? []
      : row('or', `${others.map(({ name }) => name).join(', ')} (found again at the injection)`)),
    ...row('radius', radiusText(fault.radius)),
    ...rows('does', fault.does),
    ...rows('undo', fault.undoes.length === 0 ? ['nothing to do'] : fault.undoes),
    ...row('if we die', fault.guarantee),
    ...rows('note', fault.notes),
  ];
}

function radiusText({ targets, percent, of }: Radius): string {
  const reach =
    percent === undefined ? '' : `, ${formatPercent(Math.round(percent * 10) / 10)} of the ${of ?? 'set'}`;
  return `${counted(targets, 'target')}${reach}`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const rows = (label: string, texts: readonly string[]): string[] =>
  texts.flatMap((text, index) => row(index === 0 ? label : '', text));

function row(label: string, text: string): string[] {
  const [first = '', ...others] = text.trim().split(/\s*\n\s*/);
  return [`  ${label.padEnd(LABEL - 2)}${first}`, ...others.map((line) => `${' '.repeat(LABEL)}${line}`)];
}

function timingLines(plan: RunPlan): string[] {
  const { experiment, faults, total_s } = plan;
  const { timing } = experiment;
  const instant = new Set(faults.filter(({ for_s }) => for_s === undefined).map(({ entry }) => entry));
  const schedule = scheduleOf(experiment.faults, {
    hold_s: timing.hold,
    isInstant: ({ id }) => instant.has(id),
  });
  const moments = schedule.entries.flatMap(({ id, start_s, end_s }) => [
    { t: start_s, text: `inject ${id}` },
    ...(instant.has(id) ? [] : [{ t: end_s, text: `undo ${id}` }]),
  ]);
  const end = schedule.end_s + timing.baseline;
  return [
    ...row('0s', `baseline for ${formatDuration(timing.baseline)}`),
    ...moments
      .sort((a, b) => a.t - b.t)
      .flatMap(({ t, text }) => row(formatDuration(rounded(t + timing.baseline)), text)),
    ...row(formatDuration(rounded(end)), `watch the recovery for ${formatDuration(rounded(total_s - end))}`),
    ...row('total', totalText(total_s, timing, faults.length > 0)),
  ];
}

const rounded = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;

function totalText(total_s: number, { recover_within }: Timing, breaks: boolean): string {
  const about = `about ${formatDuration(rounded(total_s))}`;
  return breaks
    ? `${about}; until steady holds again at most ${formatDuration(recover_within)} after the last undo`
    : about;
}
