import type { ZodType } from 'zod';
import { undoWords } from '../src/cli/pages.ts';
import { type ShownFault, shownFault } from '../src/cli/shown-fault.ts';
import { type FieldWords, fieldsOf } from '../src/cli/view/fields.ts';
import { baseTools } from '../src/faults/hosts/preflight.ts';
import { type HostText, quoted } from '../src/faults/hosts/text.ts';
import { faults } from '../src/faults/registry.ts';
import type { AnyFault } from '../src/model/contracts/fault.ts';
import { fenced, list, table } from './markdown.ts';

/** docs/faults.md, and a page of docs/faults/ for each fault of the catalogue: paths and texts. */
export function faultPages(): Record<string, string> {
  return {
    'docs/faults.md': indexPage(),
    ...Object.fromEntries(faults.map((fault) => [`docs/faults/${fault.name}.md`, faultPage(fault)])),
  };
}

/** The groups of the index, by how a fault's name begins; the last takes the rest. */
const groups = [
  {
    title: 'In a cluster',
    says: 'Through the Kubernetes API, with the rights of your kubeconfig.',
    begin: ['kubernetes.'],
  },
  { title: 'Pressure', says: 'Sent by aftershock itself.', begin: ['http.'] },
  {
    title: 'On a host',
    says: 'On this machine, over ssh, or in a network namespace. A watchdog on the host undoes each of them, whatever becomes of aftershock: see [what undoes a fault when](guarantee.md).',
    begin: [''],
  },
];

function indexPage(): string {
  const groupOf = ({ name }: AnyFault): string | undefined =>
    groups.find(({ begin }) => begin.some((start) => name.startsWith(start)))?.title;
  const byGroup = Map.groupBy(faults, groupOf);
  const parts = groups.flatMap(({ title, says }) => {
    const rows = (byGroup.get(title) ?? []).map(indexRow);
    // Only faults on hosts have kinds of host.
    const columns = ['fault', 'what it does', 'undo', 'kinds of host'].map((head, at) => ({ head, at }));
    const kept = columns.filter(({ at }) => rows.some((row) => row[at] !== ''));
    const head = kept.map((column) => column.head);
    const cells = rows.map((row) => kept.map(({ at }) => row[at] ?? ''));
    return rows.length === 0 ? [] : [`## ${title}`, says, table(head, cells)];
  });
  const intro =
    'Everything that can be broken. The page of each says what it does command by command, how it is undone, how effect and recovery are proven, and what it needs. In a terminal: `aftershock faults NAME`.';
  return `${['# Faults', intro, ...parts].join('\n\n')}\n`;
}

const indexRow = (fault: AnyFault): string[] => [
  `[\`${fault.name}\`](faults/${fault.name}.md)`,
  fault.summary,
  `${fault.undoKind}, ${fault.duration}`,
  shownFault(fault)?.facts.kinds.join(', ') ?? '',
];

/** A part of a page; left out where it says nothing. */
type Part = [title: string, ...texts: (string | undefined)[]];

function faultPage(fault: AnyFault): string {
  const shown = shownFault(fault);
  const parts: Part[] = [
    ['Example', fenced('yaml', fault.example)],
    ...(shown === undefined ? [] : doingParts(shown)),
    ['Parameters', ...fieldTables(fault.params, 'under `with:`', 'It has none.')],
    [
      'Target',
      ...fieldTables(fault.target, 'under `target:`', 'It has none.'),
      'Where several fit, `pick: 1`, `pick: 50%` or `pick: all` says how many; one unless told.',
    ],
    ['Undo', undoText(fault), shown?.plan === undefined ? undefined : shownUndo(shown)],
    ...(shown === undefined ? [] : [['Proof', shown.facts.page.proof] satisfies Part]),
    ['What holds when we are gone', fault.guarantee, shown === undefined ? undefined : rebootText(shown)],
    ['What it needs', list(fault.needs), shown === undefined ? undefined : toolsText(shown)],
    ...(shown === undefined ? [] : lastParts(shown)),
  ];
  const texts = parts.flatMap(([title, ...said]) => {
    const kept = said.filter((one) => one !== undefined && one !== '');
    return kept.length === 0 ? [] : [`## ${title}`, ...kept];
  });
  return `${[`# ${fault.name}`, fault.summary, ...texts, '[All faults](../faults.md)'].join('\n\n')}\n`;
}

function doingParts({ facts, plan }: ShownFault): Part[] {
  const said = plan?.does ?? [];
  return [
    [
      'What it does on the host',
      facts.page.does,
      ...(said.length === 0
        ? []
        : [
            facts.page.inWords === true
              ? 'The example (its scripts are below):'
              : 'The example, command by command:',
            fenced(facts.page.inWords === true ? 'text' : 'sh', said.join('\n')),
          ]),
    ],
  ];
}

const shownUndo = ({ facts, plan }: ShownFault): string | undefined =>
  plan === undefined || plan.undoes.length === 0
    ? undefined
    : `The example is undone by:\n\n${fenced(facts.page.inWords === true ? 'text' : 'sh', plan.undoes.join('\n'))}`;

const undoText = ({ undoKind, duration }: AnyFault): string =>
  `\`${undoKind}\`: ${undoWords[undoKind]}. ${duration === 'held' ? 'It is held until it is undone.' : 'It is over when its effect is: nothing is held.'}`;

const rebootText = ({ lasting }: ShownFault): string =>
  lasting
    ? 'A reboot of the host leaves the example as it is, so a unit of ours undoes it at boot.'
    : 'A reboot of the host leaves nothing of the example.';

/** See `src/faults/hosts/preflight.ts`. */
const BASE = `${baseTools.map((tool) => `\`${tool}\``).join(', ')} (of coreutils, findutils and util-linux, or of BusyBox)`;

function toolsText({ facts, tools, withouts }: ShownFault): string {
  const programs =
    tools.length === 0
      ? `It needs no program besides ${BASE}.`
      : `The example needs these programs there (in brackets Debian's package, where it has another name): ${tools.map((tool) => `${tool.replace(/^\S+/, '`$&`')}`).join(', ')}. Every fault on a host needs ${BASE}. The plan says which are missing.`;
  const kinds = withouts.map(({ kind, why }) => `Not on a host of kind \`${kind}\`: ${why}.`);
  return [programs, ...kinds, facts.root ? '' : 'It does not need root by itself.']
    .filter(Boolean)
    .join('\n\n');
}

function lastParts({ facts: { page }, plan }: ShownFault): Part[] {
  return [
    ['Good to know', list([...(page.notes ?? []), ...(plan?.notes ?? [])])],
    ['With ChaosBlade', page.blade],
    ...(plan === undefined ? [] : [scriptsPart(plan)]),
  ];
}

const scriptsIntro =
  'What the host runs for the example, word by word: text that is always the same, with values only as `$1`, `$2` … Before it come the functions that all have (`src/reach/hosts/scripts/host.sh`, `src/faults/hosts/scripts/`), `$id` and `$tag` (the injection, and a short name made of it), `$record` (its folder on the host) and `$deadline`.';

const scriptsPart = (plan: { inject: HostText; undo: HostText; probe: HostText }): Part => [
  'The scripts',
  scriptsIntro,
  ...(['inject', 'undo', 'probe'] as const).flatMap((name) => [`### ${name}`, scriptText(plan[name])]),
];

const scriptText = ({ script, args }: HostText): string =>
  fenced('sh', args.length === 0 ? script : `set -- ${args.map(quoted).join(' ')}\n${script}`);

function fieldTables(schema: ZodType, where: string, none: string): string[] {
  const alternatives = fieldsOf(schema);
  if (alternatives.every((fields) => fields.length === 0)) return [none];
  const head = [where, 'type', 'unless told', ''];
  return alternatives.flatMap((fields, at) => [
    ...(at === 0 ? [] : ['or']),
    table(head, fields.map(fieldRow)),
  ]);
}

const fieldRow = ({ name, type, required, byDefault, text }: FieldWords): string[] => [
  `\`${name}\``,
  type,
  required ? '*required*' : byDefault === undefined ? '' : `\`${byDefault}\``,
  text,
];
