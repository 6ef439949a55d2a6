import { code, paragraph, type Section, table } from '../document/blocks.ts';
import type { View } from '../view.ts';
import { bareName } from '../words/expectation.ts';
import { measured } from '../words/figures.ts';

const words: Record<string, string> = {
  acked: 'acknowledged writes',
  lost: 'acknowledged, but gone',
  duplicated: 'there twice',
  uncertain: 'neither acknowledged nor refused',
  stale_reads: 'reads that showed an older state',
};

/** What became of the writes; one line where no ledger was kept. */
export function dataSection(view: View): Section {
  const rows = view.result.measures
    .filter((one) => bareName(one.text) in words)
    .map((one) => [[code(one.text)], measured(one.measured, one.unit), words[bareName(one.text)] ?? '']);
  return {
    id: 'data',
    title: 'Data',
    blocks: [
      rows.length === 0
        ? paragraph('No ledger was kept in this run: whether acknowledged writes were lost was not checked.')
        : table(['Measure', '>writes', 'meaning'], rows),
    ],
  };
}
