import { cell } from './markdown.ts';

/** As much of a JSON Schema as says which keys a file may have. */
interface Node {
  description?: string;
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  additionalProperties?: Node | boolean;
  anyOf?: Node[];
}

interface Row {
  key: string;
  what: string;
}

/** What stands below these is told elsewhere: `signals.NAME` holds a block for each kind of signal. */
const elsewhere: Record<string, string> = {
  'signals.NAME':
    'A block of its kind ([signals](signals.md)), and beside it `rate` and `timeout` where it sends something',
  'faults[].target':
    'What to break, as the fault says ([faults](faults.md)); `pick: 1`, `pick: 50%` or `pick: all` where several fit',
};

/** docs/files.md: every key of the files that people write, from their JSON Schemas. */
export function filesPage(schemas: Readonly<Record<string, unknown>>): string {
  const table = (name: string): string => {
    const rows = rowsOf(schemas[name] as Node, '').map(({ key, what }) => `| \`${key}\` | ${cell(what)} |`);
    return ['| key | what it says |', '| --- | --- |', ...rows].join('\n');
  };
  return `# The two files

Every key that they may have. Keys with a \`*\` must be there. \`[]\` stands for each entry of a list, \`NAME\` for a name of your own.
The same as JSON Schema, for your editor: [schema/](../schema/). What an expression may name: [measures](measures.md).

Durations are \`500ms\`, \`30s\`, \`5m\`; rates \`50/s\`; sizes \`64Mi\`; percentages \`50%\`. Secrets are \`\${env:NAME}\` or \`\${file:PATH}\`, never inline.

## An experiment

${table('experiment.json')}

## A system

${table('system.json')}
`;
}

function rowsOf(node: Node, path: string): Row[] {
  const required = new Set(node.required);
  const own = Object.entries(node.properties ?? {})
    .filter(([key]) => key !== '$schema')
    .flatMap(([key, value]) => rowOf(value, { key: path + key, required: required.has(key) }));
  const below = node.additionalProperties;
  const named =
    typeof below === 'object' && path !== '' ? rowOf(below, { key: `${path}NAME`, required: false }) : [];
  return [...own, ...named];
}

function rowOf(node: Node, { key, required }: { key: string; required: boolean }): Row[] {
  const pointer = elsewhere[key];
  if (pointer !== undefined) return [{ key: `${key}${required ? ' *' : ''}`, what: pointer }];
  const inner = [node, ...(node.anyOf ?? [])].flatMap((one) => [
    ...rowsOf(one, `${key}.`),
    ...(one.items === undefined ? [] : rowsOf(one.items, `${key}[].`)),
  ]);
  const what =
    node.description ?? node.anyOf?.find(({ description }) => description !== undefined)?.description;
  const self = what === undefined ? [] : [{ key: `${key}${required ? ' *' : ''}`, what }];
  return [...self, ...inner];
}
