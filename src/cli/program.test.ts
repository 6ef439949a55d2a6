import { expect, test } from 'vitest';
import { program } from './program.ts';

/** The titles of a help's lists of commands, with the first word of each line in them. */
function groupsOf(help: string): Record<string, string[]> {
  const blocks = help.split('\n\n').map((block) => block.trim().split('\n'));
  return Object.fromEntries(
    blocks
      .filter(([title = '']) => title.endsWith(':') && title !== 'Options:')
      .map(([title = '', ...lines]) => [title, lines.map((line) => line.trim().split(' ')[0] ?? '')]),
  );
}

test('commands are listed by what they are for, each once and in one line', () => {
  const root = program();
  const help = root.helpInformation();
  expect(groupsOf(help)).toEqual({
    'Running:': ['demo', 'run', 'plan', 'suite', 'load'],
    'Undoing:': ['stop', 'heal'],
    'Reading:': ['judge', 'report', 'note'],
    'History:': ['runs', 'compare'],
    'Practising:': ['lab', 'learn'],
    'Importing:': ['import'],
    'Looking up:': ['faults', 'signals', 'help'],
  });
  for (const group of [root, ...root.commands.filter(({ commands }) => commands.length > 0)]) {
    const lines = group.helpInformation().split('\n');
    expect(lines.filter((line) => line.length > 80 || line.startsWith(' '.repeat(12)))).toEqual([]);
  }
});

test('a command says more of itself in its own help', () => {
  const judge = program().commands.find((command) => command.name() === 'judge');
  expect(judge?.helpInformation()).toContain('a run folder (also from another');
});
