import { changesOf } from '../changes.ts';
import { healsItself, seriesOf, since, type View } from '../view.ts';
import { duration, figure } from '../words/figures.ts';
import type { Chart, Lane, Role } from './chart.ts';
import { frameOf, gapsOf } from './frame.ts';

/** Held until undone, then restoring; what heals by itself is restoring from the start. */
function injectionLanes(view: View): Lane[] {
  return view.result.injections.flatMap((record) => {
    const { acting, acted, effective, undone, recovered } = record;
    if (acting === undefined) return [];
    const name = `fault ${record.injection.entry}`;
    const at = (t: number): number => since(view, t);
    const over = healsItself(record) ? acting : (undone ?? recovered ?? view.span.to);
    const held = { from: at(acting), to: at(over), role: 'tone1' as const, label: 'fault held' };
    const end = recovered ?? (healsItself(record) ? (effective ?? acted ?? acting) : over);
    const restoring = { from: at(over), to: at(end), role: 'tone3' as const, label: 'restoring' };
    return [{ name, parts: [held, restoring].filter((part) => part.to > part.from) }];
  });
}

const steadyLanes = (view: View): Lane[] =>
  view.result.steady.map((steady) => ({
    name: steady.text,
    parts: steady.broken.map((span) => ({
      from: span.from_s,
      to: span.to_s,
      role: 'bad' as const,
      label: 'broken',
    })),
  }));

const stateRoles: readonly Role[] = ['answered', 'good', 'tone2', 'tone3', 'tone6', 'tone1'];

function stateLanes(view: View): Lane[] {
  const span = { from: view.result.windows.baseline.from, to: view.span.to };
  return seriesOf(view, 'state').map((series) => {
    const points = changesOf(view.samples.points(series.key, span));
    const values = [...new Set(points.map((point) => String(point.value)))];
    const parts = points.flatMap((point, index) => {
      if (point.value === null) return [];
      const role = stateRoles[values.indexOf(String(point.value)) % stateRoles.length] ?? 'answered';
      const to = points[index + 1]?.t ?? span.to;
      return [
        {
          from: since(view, Math.max(point.t, span.from)),
          to: since(view, to),
          role,
          label: String(point.value),
        },
      ];
    });
    return { name: series.key, parts };
  });
}

/** A lane for each signal that was blind at some time. */
function blindLanes(view: View): Lane[] {
  return view.result.signals.flatMap((signal) => {
    const gaps = gapsOf(view, `${signal.name}.${signal.series[0]?.name ?? ''}`);
    const parts = gaps.map((gap) => ({ ...gap, role: 'tone6' as const, label: 'not observed' }));
    return parts.length === 0 ? [] : [{ name: `${signal.name} did not observe`, parts }];
  });
}

const total = (spans: readonly { from_s: number; to_s: number }[]): string =>
  duration(spans.reduce((sum, span) => sum + span.to_s - span.from_s, 0));

function words(view: View): string {
  const broken = view.result.steady.filter((one) => one.broken.length > 0);
  if (!view.injected) return 'Nothing was injected.';
  if (broken.length === 0) return 'No steady condition was broken after the first injection.';
  return `Not steady: ${broken.map((one) => `${one.text} for ${total(one.broken)}`).join('; ')}.`;
}

/** At a glance: when each fault was held, when each steady condition was broken, what each state was. */
export function overviewChart(view: View): Chart {
  const lanes = [...injectionLanes(view), ...steadyLanes(view), ...stateLanes(view), ...blindLanes(view)];
  return {
    name: 'overview',
    title: 'At a glance',
    says: `Bars of when each fault was held and each steady condition was broken. ${words(view)}`,
    frame: frameOf(view),
    plot: { is: 'lanes', lanes: lanes.length === 0 ? [{ name: 'nothing was done', parts: [] }] : lanes },
    gaps: [],
    limited: [],
    ticks: [],
    caption: words(view),
    table: {
      columns: [
        { title: 'What' },
        { title: 'from (s)', align: 'right' },
        { title: 'to (s)', align: 'right' },
        { title: 'was' },
      ],
      rows: lanes.flatMap((lane) =>
        lane.parts.map((part) => [lane.name, figure(part.from), figure(part.to), part.label]),
      ),
    },
  };
}
