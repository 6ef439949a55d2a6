import {
  type Gate,
  gateMeasure,
  gateText,
  gateTruth,
  limitMeasured,
  parseGate,
} from '../judge/compare/gate.ts';
import { measuring, type Subject } from '../judge/compare/line-up.ts';
import { environmentOf } from '../judge/expression/environment.ts';
import { unitOf } from '../judge/units.ts';
import { type Measured, type MeasureRef, unknown } from '../model/measure.ts';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import { openRecording, type Recording } from '../record/reader.ts';
import { type GateResult, labelOf } from '../report/compare/compared.ts';
import type { ReportInput } from '../report/input.ts';
import { bareName } from '../report/words/expectation.ts';
import { measured as measuredWords } from '../report/words/figures.ts';
import { judgeRecording } from './commands/judge.ts';
import { findRunFolder } from './commands/run-folder.ts';
import { version } from './version.ts';

/** A run that is open for comparing. */
export interface Opened {
  directory: string;
  input: ReportInput;
  recording: Recording;
}

/** Opens and judges runs; either all of them, or what is wrong with each that cannot be. */
export function openRuns(names: readonly string[], runs: string): Result<Opened[], Problem[]> {
  const opened: Opened[] = [];
  const problems: Problem[] = [];
  for (const name of names) {
    const found = findRunFolder(name, runs);
    const recording = found.ok ? openRecording(found.value) : found;
    if (!found.ok || !recording.ok) {
      problems.push(found.ok ? (recording as { problem: Problem }).problem : found.problem);
      continue;
    }
    const { plan, timeline, samples } = recording.value;
    const result = judgeRecording(recording.value);
    const input = { result, plan, timeline, samples, version };
    opened.push({ directory: found.value, input, recording: recording.value });
  }
  if (problems.length === 0) return ok(opened);
  for (const { recording } of opened) recording.close();
  return fail(problems);
}

/** Reads `--fail-on`; a measure must exist in one of the runs at least, and a wrong name comes with the nearest. */
export function gatesOf(texts: readonly string[], opened: readonly Opened[]): Result<Gate[], Problem[]> {
  const gates: Gate[] = [];
  const problems: Problem[] = [];
  for (const text of texts) {
    const gate = parseGate(text);
    if (!gate.ok) {
      const { message, ...rest } = gate.problem;
      problems.push({ code: 'usage', message: `--fail-on '${text}': ${message}`, ...rest });
      continue;
    }
    const tried = opened.map(({ input }) => gateMeasure(gate.value, environmentOf(input.result.signals)));
    const [first] = tried;
    if (tried.some(({ ok: known }) => known) || first?.ok !== false) gates.push(gate.value);
    else problems.push(measureProblem(text, first.problem));
  }
  return problems.length === 0 ? ok(gates) : fail(problems);
}

function measureProblem(
  text: string,
  error: { message: string; found?: string; expected?: string; nearest?: string },
): Problem {
  const { message, found, expected, nearest } = error;
  return {
    code: 'name-unknown',
    message: `--fail-on '${text}': ${message}`,
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    fix:
      nearest === undefined
        ? 'Name one measure of these runs; docs/measures.md lists them.'
        : `Did you mean \`${nearest}\`?`,
  };
}

/** Every gate for every run but the one that they are held against. */
export function judgeGates(gates: readonly Gate[], opened: readonly Opened[], base: number): GateResult[] {
  const lookups = opened.map(({ input }) => lookup(input));
  const before = lookups[base];
  return gates.flatMap((gate) =>
    lookups.flatMap((look, index): GateResult[] => {
      if (index === base || before === undefined) return [];
      const values = { base: before.of(gate), measured: look.of(gate) };
      const { truth, why } = gateTruth(gate, values);
      const unit = look.unit(gate) || before.unit(gate);
      const say = (one: Measured): string => measuredWords(one, unit, bareName(gate.measure));
      return [
        {
          text: gateText(gate),
          run: labelOf(index),
          truth,
          measured: say(values.measured),
          limit: say(limitMeasured(gate, values.base)),
          // What is unknown says so itself.
          ...(why === undefined || values.measured.is === 'unknown' ? {} : { why }),
        },
      ];
    }),
  );
}

interface Lookup {
  of(gate: Gate): Measured;
  unit(gate: Gate): string;
}

function lookup(subject: Subject): Lookup {
  const { signals } = subject.result;
  const environment = environmentOf(signals);
  const measure = measuring(subject);
  const ref = (gate: Gate): MeasureRef | undefined => {
    const found = gateMeasure(gate, environment);
    return found.ok ? found.value : undefined;
  };
  return {
    of: (gate) => {
      const found = ref(gate);
      return found === undefined ? unknown(`this run did not record ${gate.measure}`) : measure(found);
    },
    unit: (gate) => {
      const found = ref(gate);
      return found === undefined ? '' : unitOf(found, signals);
    },
  };
}
