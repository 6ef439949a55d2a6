import type { Json } from '../../model/json.ts';
import { MISSED, type Occurrence, OK } from '../../model/series.ts';
import { type Nanos, seconds, secondsBetween } from '../../model/time.ts';
import type { InjectionRecord, Note } from '../../model/timeline.ts';
import { changesOf } from '../changes.ts';
import { OBSERVER } from '../charts/all.ts';
import { gapsOf, RESETS } from '../charts/frame.ts';
import {
  code,
  type Entry,
  type EntryKind,
  faint,
  type Inline,
  sentence,
  strong,
  type Text,
} from '../document/blocks.ts';
import { clock, healsItself, seriesOf, since, type View } from '../view.ts';
import { duration, moment } from '../words/figures.ts';

/** A line with what thinning needs. `weight`: 3 always stays, 1 goes first. */
export interface Weighted {
  t: Nanos;
  weight: 1 | 2 | 3;
  /** Whose end begins here, or goes on here. */
  ending?: { subject: string; begins: boolean };
  /** What it is about: a target, a pod, a signal. */
  subject?: string;
  entry: Entry;
}

interface Line {
  t: Nanos;
  kind: EntryKind;
  weight: Weighted['weight'];
  ending?: Weighted['ending'];
  subject?: string;
  text: Text;
}

function phases(view: View): Line[] {
  const { baseline, fault, recovery, run } = view.result.windows;
  const line = (t: Nanos, text: string): Line => ({ t, kind: 'phase', weight: 3, text: [strong(text)] });
  return [
    line(baseline.from, 'Baseline begins: signals observe'),
    ...(fault === undefined ? [] : [line(fault.from, 'Fault begins')]),
    ...(recovery === undefined ? [] : [line(recovery.from, 'Recovery begins')]),
    ...(view.timeline.notStarted === undefined
      ? []
      : [
          {
            t: baseline.to,
            kind: 'abort' as const,
            weight: 3 as const,
            text: sentence(view.timeline.notStarted),
          },
        ]),
    line(
      view.timeline.ended ?? run.to,
      view.timeline.ended === undefined
        ? 'The recording ends without an end: the run was killed, or could not begin'
        : 'End of the run',
    ),
  ];
}

function injectionLines(record: InjectionRecord): Line[] {
  const target = code(record.injection.target.name);
  const undoes = !healsItself(record);
  const evidence = (text: string | undefined): Inline[] => (text === undefined ? [] : [' ', faint(text)]);
  const step = (t: Nanos | undefined, kind: EntryKind, text: Inline[]): Line[] =>
    t === undefined ? [] : [{ t, kind, weight: 3, subject: record.injection.target.name, text }];
  return [
    ...step(record.acting, 'injection', [strong('Inject '), code(record.injection.fault), ' on ', target]),
    ...step(record.effective, 'injection', [
      'Effect proven on ',
      target,
      ...evidence(record.evidence.effect),
    ]),
    ...step(undoes ? record.undoing : undefined, 'undo', [strong('Undo '), 'on ', target]),
    ...step(undoes ? record.undone : undefined, 'undo', ['Undone on ', target]),
    ...step(record.recovered, 'undo', ['Target restored: ', target, ...evidence(record.evidence.recovery)]),
    ...(record.failed === undefined
      ? []
      : step(record.acted ?? record.acting, 'abort', ['Failed on ', target, `: ${record.failed}`])),
    ...(record.cutShort === undefined
      ? []
      : step(record.undone ?? record.undoing ?? record.acting, 'abort', [
          'Cut short on ',
          target,
          `: ${record.cutShort}`,
        ])),
  ];
}

const scalar = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What tells machines apart, not readers. */
const quiet = new Set(['uid', 'containerID', 'ip', 'init', 'node']);

/** What a transition of a pod or its container says, as people say it; undefined for other events. */
function podWords({ type, detail }: Occurrence): string | undefined {
  const { container, state, reason, message, restartCount, grace_s, phase } = detail;
  if (typeof phase !== 'string') return undefined;
  const words: (Json | undefined)[] =
    container === undefined
      ? [
          type === 'phase' || type === 'added' ? phase : '',
          grace_s === undefined ? '' : `grace ${scalar(grace_s)} s`,
        ]
      : [container, state, Number(restartCount) > 0 ? `restart ${scalar(restartCount ?? '')}` : ''];
  return [...words, reason, message]
    .flatMap((word) => (word === undefined || word === '' ? [] : [scalar(word)]))
    .join(', ');
}

/** What an event carries, flat and short. */
function detailWords(event: Occurrence): string {
  const flat = Object.entries(event.detail)
    .filter(([key, value]) => !quiet.has(key) && value !== null && value !== '')
    .map(([key, value]) => `${key} ${scalar(value)}`)
    .join(', ');
  const words = podWords(event) ?? flat;
  return words.length > 160 ? `${words.slice(0, 159)}…` : words;
}

/** Where an event stands, and how far that may be off where it was not seen as it happened. */
function standing(view: View, kind: string, event: Occurrence): { t: Nanos; inferred: Inline[] } {
  const { t, since: from, foreign_error_s } = event;
  if (from === undefined) return { t, inferred: [] };
  if (kind === 'log' && foreign_error_s !== undefined) {
    // Rounded up, for the bound must hold as it is shown.
    const error_s = Math.ceil(secondsBetween(from, t) * 50) / 100;
    return { t: (from + t) / 2, inferred: [faint(` (± ${duration(error_s)}, by the clock of its host)`)] };
  }
  const between = `${moment(since(view, from))} and ${moment(since(view, t))}`;
  return { t, inferred: [faint(` (inferred, between ${between})`)] };
}

function eventLines(view: View): Line[] {
  return seriesOf(view, 'events').flatMap(({ key, kind, signal, series }) =>
    view.samples.events(key, view.span).map((event): Line => {
      const { t, inferred } = standing(view, kind, event);
      const words = detailWords(event);
      return {
        t,
        kind: 'event',
        subject: event.subject,
        ending: { subject: event.subject, begins: event.type === 'deleting' },
        // What a first look tells of pods that were there before is not what happened.
        weight: signal === OBSERVER || event.t < view.zero ? 1 : series === RESETS ? 3 : 2,
        text: [
          strong(event.type),
          ' ',
          code(event.subject),
          ...(words === '' ? [] : [' ', faint(words)]),
          ...inferred,
        ],
      };
    }),
  );
}

function stateLines(view: View): Line[] {
  return seriesOf(view, 'state').flatMap(({ key }) =>
    changesOf(view.samples.points(key, view.span)).map(
      (point): Line => ({
        t: Math.max(point.t, view.span.from),
        kind: 'signal',
        weight: 2,
        subject: key,
        text: [code(key), ' is ', strong(point.value === null ? 'not known' : String(point.value))],
      }),
    ),
  );
}

/** The first and the last failure of each load after the first injection. */
function failureLines(view: View): Line[] {
  return seriesOf(view, 'operations').flatMap(({ key }) => {
    const failed = view.samples
      .operations(key, { from: view.zero, to: view.span.to })
      .filter((one) => one.kind !== OK && one.kind !== MISSED);
    const [first, last] = [failed[0], failed.at(-1)];
    if (first === undefined || last === undefined) return [];
    const line = (text: string, of: typeof first): Line => ({
      t: of.done ?? of.intended,
      kind: 'signal',
      weight: 3,
      subject: key,
      text: [
        `${text} of `,
        code(key),
        `: ${of.kind}`,
        ...(of.detail === undefined ? [] : [' ', faint(of.detail)]),
      ],
    });
    return failed.length === 1
      ? [line('The only failure', first)]
      : [line('First failure', first), line(`Last of ${failed.length} failures`, last)];
  });
}

function steadyLines(view: View): Line[] {
  return view.result.steady.flatMap((steady) =>
    steady.broken.map(
      (span): Line => ({
        t: view.zero + span.from_s * 1e9,
        kind: 'signal',
        weight: 2,
        subject: steady.text,
        text: ['Not steady for ', duration(span.to_s - span.from_s), ': ', code(steady.text)],
      }),
    ),
  );
}

function blindLines(view: View): Line[] {
  return view.result.signals.flatMap(({ name, series: [series] }) =>
    (series === undefined ? [] : gapsOf(view, `${name}.${series.name}`)).map(
      ({ from, to, why }): Line => ({
        t: view.zero + seconds(from),
        kind: 'blind',
        weight: 3,
        subject: name,
        text: [
          code(name),
          ` does not observe for ${duration(to - from)}`,
          ...(why === undefined ? [] : [`: ${why}`]),
        ],
      }),
    ),
  );
}

function otherLines(view: View): Line[] {
  const { abort } = view.result;
  return [
    ...(abort === undefined
      ? []
      : [
          {
            t: abort.t,
            kind: 'abort' as const,
            weight: 3 as const,
            text: [strong('Abort'), ': ', ...sentence(abort.text)],
          },
        ]),
    ...view.timeline.notes.map(
      (note): Line => ({ t: note.t, kind: 'note', weight: 3, text: noteText(view, note) }),
    ),
    ...view.timeline.jumps.map(
      (jump): Line => ({
        t: jump.from,
        kind: 'blind',
        weight: 3,
        text: `Our own clock jumped or slept (${duration((jump.to - jump.from) / 1e9)}): times across it are unknown`,
      }),
    ),
  ];
}

function noteText({ pictures }: View, { text, picture }: Note): Text {
  if (picture === undefined) return text;
  const data = pictures?.get(picture);
  return [text, { is: 'picture', file: picture, alt: text, ...(data === undefined ? {} : { data }) }];
}

/** Everything that happened, in one order. */
export function timelineOf(view: View): Weighted[] {
  const lines = [
    ...phases(view),
    ...view.result.injections.flatMap(injectionLines),
    ...eventLines(view),
    ...stateLines(view),
    ...failureLines(view),
    ...steadyLines(view),
    ...blindLines(view),
    ...otherLines(view),
  ];
  return lines
    .toSorted((a, b) => a.t - b.t)
    .map(({ t, weight, kind, text, ending, subject }) => ({
      t,
      weight,
      ...(ending === undefined ? {} : { ending }),
      ...(subject === undefined ? {} : { subject }),
      entry: { at: moment(since(view, t)), clock: clock(view, t), kind, text },
    }));
}

const FEW = 36;

/** The lines in which the end of those begins of which a later line is shown: that it was deleted explains the rest. */
function beginnings(all: readonly Weighted[], shown: ReadonlySet<Weighted | undefined>): Set<Weighted> {
  const begun = new Map<string, Weighted>();
  const needed = new Set<Weighted>();
  for (const one of all) {
    if (one.ending === undefined) continue;
    const { subject, begins } = one.ending;
    if (begins) begun.set(subject, one);
    const beginning = begun.get(subject);
    if (shown.has(one) && beginning !== undefined) needed.add(beginning);
  }
  return needed;
}

/**
 * About 36 lines: what always stays, and of the rest some from all along the way. That something is being deleted stays
 * with what then becomes of it.
 */
export function thinned(all: readonly Weighted[]): readonly Weighted[] {
  const always = all.filter((one) => one.weight === 3);
  const room = Math.max(8, FEW - always.length);
  const rest = all.filter((one) => one.weight === 2);
  const stride = Math.max(1, rest.length / room);
  const kept = new Set(
    Array.from({ length: Math.min(room, rest.length) }, (_, index) => rest[Math.floor(index * stride)]),
  );
  const needed = beginnings(all, kept);
  return all.filter((one) => one.weight === 3 || kept.has(one) || needed.has(one));
}
