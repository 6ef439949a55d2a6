import { code, details, paragraph, type Section, table } from '../document/blocks.ts';
import type { View } from '../view.ts';
import { bareName } from '../words/expectation.ts';
import { measured } from '../words/figures.ts';

/** The words of a command line as a shell takes them. */
const quoted = (word: string): string =>
  /^[\w./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** How to do it again: the command and the seed that makes the same choices. */
export function againSection(view: View): Section {
  const { plan, result } = view;
  const system = plan.system.file === '' ? [] : ['--system', plan.system.file];
  const named = plan.command ?? ['aftershock', 'run', plan.experiment.file, ...system];
  const command = [...named, '--seed', plan.seed].map(quoted).join(' ');
  const rows = result.measures.map((one) => [
    [code(one.text)],
    measured(one.measured, one.unit, bareName(one.text)),
  ]);
  return {
    id: 'again',
    title: 'Do it again',
    blocks: [
      paragraph(['The seed ', code(plan.seed), ' makes the same choices on the same set of targets.']),
      { is: 'code', text: command },
      paragraph('Judge or report this recording again, without the system:'),
      { is: 'code', text: `aftershock judge ${quoted(result.run)}\naftershock report ${quoted(result.run)}` },
      ...(rows.length === 0
        ? []
        : [details(`All ${rows.length} measures`, [table(['Measure', '>value'], rows)])]),
    ],
  };
}
