import type { JsonObject } from '../model/json.ts';
import type { Span } from '../model/time.ts';
import type { AbortRecord, Anchor, InjectionRecord, Mark, Note, Timeline } from '../model/timeline.ts';
import type { Redactor } from './redact.ts';

/**
 * A mark as it is recorded. All free text is redacted; names that tie the recording together (run, ids, kinds) are
 * not, since a password that happens to be the word `postgres` must not take a run apart.
 */
export function redactMark(mark: Mark, redact: Redactor): Mark {
  switch (mark.is) {
    case 'injection':
      return { ...mark, record: redactInjection(mark.record, redact) };
    case 'abort':
      return { ...mark, abort: { ...mark.abort, text: redact.text(mark.abort.text) } };
    case 'not-started':
      return { ...mark, why: redact.text(mark.why) };
    case 'note':
      return { ...mark, text: redact.text(mark.text) };
    default:
      return mark;
  }
}

function redactInjection(record: InjectionRecord, redact: Redactor): InjectionRecord {
  const { injection } = record;
  const { effect, recovery } = record.evidence;
  // Whoever passes a whole Injection passes its undo payload too; it must not get in.
  const { undo: _payload, ...shown } = injection as typeof injection & { undo?: JsonObject };
  return {
    ...record,
    injection: {
      ...shown,
      target: { ...injection.target, detail: redact.json(injection.target.detail) },
      params: redact.json(injection.params),
    },
    does: record.does.map(redact.text),
    undoes: record.undoes.map(redact.text),
    evidence: {
      ...(effect === undefined ? {} : { effect: redact.text(effect) }),
      ...(recovery === undefined ? {} : { recovery: redact.text(recovery) }),
    },
    ...(record.cutShort === undefined ? {} : { cutShort: redact.text(record.cutShort) }),
    ...(record.failed === undefined ? {} : { failed: redact.text(record.failed) }),
  };
}

/**
 * The skeleton of a run from its marks, in the order they were written: the last word on an injection counts, the
 * first abort, the first of everything else. A run that was killed early may lack any of them.
 */
export function foldMarks(marks: Iterable<Mark>): Timeline {
  const anchors: Anchor[] = [];
  const jumps: Span[] = [];
  const notes: Note[] = [];
  const injections = new Map<string, InjectionRecord>();
  const single: Partial<Pick<Timeline, 'baseline' | 'notStarted' | 'ended'>> & { abort?: AbortRecord } = {};
  let start = { run: '', seed: '', version: '' };
  for (const mark of marks) {
    switch (mark.is) {
      case 'start':
        start = { run: mark.run, seed: mark.seed, version: mark.version };
        break;
      case 'anchor':
        anchors.push({ t: mark.t, wall_ms: mark.wall_ms });
        break;
      case 'jump':
        jumps.push({ from: mark.from, to: mark.to });
        break;
      case 'injection':
        injections.set(mark.record.injection.id, mark.record);
        break;
      case 'note':
        notes.push(noteOf(mark));
        break;
      case 'baseline':
        single.baseline ??= mark.t;
        break;
      case 'abort':
        single.abort ??= mark.abort;
        break;
      case 'not-started':
        single.notStarted ??= mark.why;
        break;
      case 'ended':
        single.ended ??= mark.t;
        break;
    }
  }
  return {
    ...start,
    anchors,
    jumps,
    injections: [...injections.values()],
    notes: notes.toSorted((a, b) => a.t - b.t),
    ...single,
  };
}

const noteOf = ({ is: _is, ...note }: Extract<Mark, { is: 'note' }>): Note => note;
