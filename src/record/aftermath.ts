import { join } from 'node:path';
import { z } from 'zod';
import { NANOS_PER_MILLISECOND, type Nanos } from '../model/time.ts';
import type { InjectionRecord, Timeline } from '../model/timeline.ts';
import { readText } from '../reach/files.ts';
import { parseJson, runFile } from './run-folder.ts';

/** As much of a journal line (`undo.jsonl`, written by guard/) as tells what others did when the run was gone. */
const lineSchema = z.object({
  at: z.string(),
  by: z.string(),
  step: z.string(),
  injection: z.string(),
  evidence: z.string().optional(),
});

type Line = z.infer<typeof lineSchema>;

/**
 * What the guardian or `heal` did with the injections of a run that could not, from the journal in its folder: they are
 * told in the timeline as undone and recovered, at wall times put on the run's clock by its last anchor, and as cut short.
 */
export function withAftermath(timeline: Timeline, directory: string): Timeline {
  const text = readText(join(directory, runFile.journal));
  const anchor = timeline.anchors.at(-1);
  if (!text.ok || anchor === undefined) return timeline;
  const lines = text.value.split('\n').flatMap((line) => lineSchema.safeParse(parseJson(line)).data ?? []);
  const others = lines.filter(({ by }) => by !== 'run');
  const at = (line: Line): Nanos => anchor.t + (Date.parse(line.at) - anchor.wall_ms) * NANOS_PER_MILLISECOND;
  const told = (record: InjectionRecord): InjectionRecord => {
    const own = others.filter(({ injection }) => injection === record.injection.id);
    return own.length === 0 || record.recovered !== undefined ? record : completed(record, own, at);
  };
  return { ...timeline, injections: timeline.injections.map(told) };
}

function completed(
  record: InjectionRecord,
  lines: readonly Line[],
  at: (line: Line) => Nanos,
): InjectionRecord {
  const step = (name: string): Line | undefined => lines.find((line) => line.step === name);
  const [undoing, undone, recovered] = [step('undoing'), step('undone'), step('recovered')];
  const by = lines[0]?.by === 'heal' ? '`aftershock heal`' : 'the guardian';
  const shown = record.undoes.length > 0;
  return {
    ...record,
    ...(shown && undoing !== undefined ? { undoing: at(undoing) } : {}),
    ...(shown && undone !== undefined ? { undone: at(undone) } : {}),
    ...(recovered === undefined ? {} : { recovered: at(recovered) }),
    evidence: {
      ...record.evidence,
      ...(recovered?.evidence === undefined ? {} : { recovery: recovered.evidence }),
    },
    cutShort:
      record.cutShort ??
      `the run was gone, and ${by} ${recovered === undefined ? 'began to undo' : 'undid'} it`,
  };
}
