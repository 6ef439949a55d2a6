import type { Chart } from '../charts/chart.ts';
import type { PanelRow } from '../charts/panels.ts';
import type { Sweep } from '../charts/sweep.ts';

/** How something is meant: colour in HTML, a word or sign in Markdown. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'plain';

/** A piece of a line. A bare string is plain text; all text is escaped by the renderers. */
export type Inline =
  | string
  | { is: 'strong' | 'code' | 'faint' | 'changed'; text: string }
  | { is: 'badge'; tone: Tone; text: string }
  /** `data`: the picture itself as a data URI; absent where it could not be read. */
  | { is: 'picture'; file: string; alt: string; data?: string }
  | { is: 'break' };

export type Text = string | readonly Inline[];

interface Column {
  title: string;
  align?: 'right';
}

export interface Table {
  columns: readonly Column[];
  rows: readonly (readonly Text[])[];
}

export interface Fact {
  label: string;
  value: string;
  note?: string;
  tone?: Tone;
}

export type EntryKind = 'phase' | 'injection' | 'undo' | 'event' | 'signal' | 'abort' | 'note' | 'blind';

/** One line of the merged timeline. */
export interface Entry {
  /** `+3.2 s`, from the first injection. */
  at: string;
  /** Wall time, for people. */
  clock: string;
  kind: EntryKind;
  text: Text;
}

/** What a report is made of. Each renderer draws every kind; nothing is written twice. */
export type Block =
  | { is: 'paragraph'; text: Text; lead?: true }
  | { is: 'heading'; text: string }
  | { is: 'list'; items: readonly Text[] }
  | { is: 'table'; table: Table }
  | { is: 'code'; text: string }
  | { is: 'facts'; facts: readonly Fact[] }
  | { is: 'answers'; answers: readonly { question: string; answer: Text }[] }
  | { is: 'timeline'; entries: readonly Entry[] }
  | { is: 'chart'; chart: Chart }
  | { is: 'panels'; row: PanelRow }
  | { is: 'sweep'; sweep: Sweep }
  | { is: 'details'; summary: string; blocks: readonly Block[] }
  | { is: 'learnt' };

export interface Section {
  id: string;
  title: string;
  blocks: readonly Block[];
}

/** The head of the page: the verdict, unmistakable. */
export interface Head {
  title: string;
  question: string;
  tone: Tone;
  /** `Deviated`. */
  word: string;
  icon: VerdictIcon;
  /** The verdict in one sentence, and what else a reader should know at once. */
  lead: Text;
  summary: Text;
  reasons: readonly Text[];
  /** `2026-11-20 16:08:00 UTC`, run id, system: label and value. */
  meta: readonly { label: string; value: string }[];
}

export type VerdictIcon = 'check' | 'delta' | 'question' | 'stop' | 'alarm';

export interface Report {
  head: Head;
  /** Right below the verdict: figures and the four answers. */
  top: readonly Block[];
  sections: readonly Section[];
  /** What people wrote, or nothing yet. */
  learnt: string;
  foot: string;
}

export const strong = (text: string): Inline => ({ is: 'strong', text });
export const code = (text: string): Inline => ({ is: 'code', text });
export const faint = (text: string): Inline => ({ is: 'faint', text });
export const changed = (text: string): Inline => ({ is: 'changed', text });
export const badge = (tone: Tone, text: string): Inline => ({ is: 'badge', tone, text });
export const lineBreak: Inline = { is: 'break' };

export const paragraph = (text: Text): Block => ({ is: 'paragraph', text });
export const lead = (text: Text): Block => ({ is: 'paragraph', text, lead: true });
export const heading = (text: string): Block => ({ is: 'heading', text });
export const details = (summary: string, blocks: readonly Block[]): Block => ({
  is: 'details',
  summary,
  blocks,
});

/** A sentence of the judge or of a fault, in which `backticks` mean code. */
export const sentence = (text: string): readonly Inline[] =>
  text
    .split(/`([^`]+)`/)
    .flatMap((part, index) => (part === '' ? [] : [index % 2 === 1 ? code(part) : part]));

/** A table from titles; a title that starts with `>` is right-aligned (numbers). */
export function table(titles: readonly string[], rows: readonly (readonly Text[])[]): Block {
  const columns = titles.map(
    (title): Column => (title.startsWith('>') ? { title: title.slice(1), align: 'right' } : { title }),
  );
  return { is: 'table', table: { columns, rows } };
}
