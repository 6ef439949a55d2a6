import type { PlannedFault } from '../../model/plan.ts';
import type { InjectionRecord } from '../../model/timeline.ts';
import {
  type Block,
  code,
  details,
  faint,
  heading,
  type Inline,
  paragraph,
  type Section,
  sentence,
  strong,
  type Text,
  table,
} from '../document/blocks.ts';
import type { View } from '../view.ts';
import { counted, duration, figure } from '../words/figures.ts';

const keyValues = (rows: readonly (readonly [string, Text])[]): Block =>
  table(
    ['', ''],
    rows.map(([key, value]) => [key, value]),
  );

function setup(view: View): Block {
  const { plan } = view;
  const { limits } = plan.system;
  return keyValues([
    ['system', [plan.system.name, ' ', faint(plan.system.where)]],
    ['experiment', [code(plan.experiment.file)]],
    ...plan.watched.map((one): [string, Text] => [`signal ${one.name}`, one.text]),
    [
      'limits',
      `at most ${counted(limits.targets, 'target')}, ${figure(limits.percent)} %, ${duration(limits.duration_s)}`,
    ],
    ['seed', [code(plan.seed)]],
  ]);
}

function plannedWords(planned: PlannedFault): Inline[] {
  const radius = planned.radius;
  const reach =
    radius.percent === undefined
      ? ''
      : `, ${figure(radius.percent)} %${radius.of === undefined ? '' : ` of ${radius.of}`}`;
  const held = planned.for_s === undefined ? '' : `, held for ${duration(planned.for_s)}`;
  return [
    code(planned.fault),
    ` (${planned.entry}), ${planned.when}${held}. Radius: ${counted(radius.targets, 'target')}${reach}.`,
  ];
}

const commands = (title: string, lines: readonly string[], none: string): Block[] =>
  lines.length === 0
    ? [paragraph([`${title}: ${none}`])]
    : [paragraph(`${title}:`), { is: 'code', text: lines.join('\n') }];

function injectionBlocks(record: InjectionRecord): Block[] {
  const { target, params } = record.injection;
  const given = Object.keys(params).length === 0 ? [] : [' with ', code(JSON.stringify(params))];
  return [
    paragraph([
      'Target ',
      code(target.name),
      target.namespace === undefined ? '' : ` in namespace ${target.namespace}`,
      ...given,
      ' ',
      faint(`id ${target.id}`),
    ]),
    ...commands('Done', record.does, 'nothing'),
    ...commands('Undone by', record.undoes, 'nothing to call; it heals by itself'),
    ...(record.failed === undefined ? [] : [paragraph(sentence(`It failed: ${record.failed}`))]),
    ...(record.cutShort === undefined ? [] : [paragraph(sentence(`Cut short: ${record.cutShort}`))]),
  ];
}

function faultBlocks(view: View, planned: PlannedFault): Block[] {
  const records = view.result.injections.filter((one) => one.injection.entry === planned.entry);
  const notDone: Block[] =
    records.length > 0
      ? []
      : [
          paragraph('It was planned but not injected.'),
          ...commands('Would have done', planned.does, 'nothing'),
          ...commands('Would have been undone by', planned.undoes, 'nothing to call; it heals by itself'),
        ];
  return [
    heading(`Fault ‘${planned.entry}’`),
    paragraph(plannedWords(planned)),
    ...records.flatMap(injectionBlocks),
    ...notDone,
    ...(planned.notes.length === 0 ? [] : [{ is: 'list' as const, items: planned.notes.map(sentence) }]),
    paragraph([strong('If we had died: '), ...sentence(planned.guarantee)]),
  ];
}

/** What we did: setup, tools and versions, exact calls, targets, undo, seed. */
export function doneSection(view: View): Section {
  const { plan } = view;
  const versions = Object.entries(plan.versions);
  return {
    id: 'done',
    title: 'What we did',
    blocks: [
      setup(view),
      ...(plan.faults.length === 0
        ? [paragraph('No fault: this run only watched.')]
        : plan.faults.flatMap((fault) => faultBlocks(view, fault))),
      details('Tools and versions', [
        table(
          ['Tool', 'Version'],
          versions.map(([name, version]) => [name, [code(version)]]),
        ),
      ]),
    ],
  };
}
