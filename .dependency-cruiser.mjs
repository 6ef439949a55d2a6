// The house's import rules (ARCHITECTURE.md): what stands higher may import what stands lower, never the other way.
// To allow a new edge, change ARCHITECTURE.md's table and this one together, and say why in the commit.

/** Folder of src/ -> the folders it may import beside itself. Type-only imports of model are free everywhere. */
const allowed = {
  report: ['judge', 'record', 'model'],
  labs: ['reach', 'model'],
  files: ['judge', 'reach', 'model'],
  run: ['guard', 'judge', 'record', 'reach', 'model'],
  faults: ['guard', 'load', 'reach', 'model'],
  signals: ['load', 'record', 'reach', 'model'],
  guard: ['reach', 'model'],
  load: ['reach', 'model'],
  judge: ['record', 'model'],
  record: ['reach', 'model'],
  reach: ['model'],
  model: [],
};

const tests = '\\.test\\.ts$|/fake-[^/]+\\.ts$|/fixtures/';

const layerRules = Object.entries(allowed).map(([folder, others]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `src/${folder} may import ${['itself', ...others].join(', ')}. Move the shared piece to a lower folder, or pass it in from cli/.`,
  from: { path: `^src/${folder}/`, pathNot: tests },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...others].join('|')})/` },
}));

const onlyIn = (name, packages, where) => ({
  name: `${name}-only-there`,
  severity: 'error',
  comment: `${packages} is bound in ${where} only; everybody else uses our own slice of it.`,
  from: { path: '^src/', pathNot: `${tests}|${where}` },
  to: { path: `(^|node_modules/)(${packages})(/|$)`, pathNot: '^src/' },
});

export default {
  forbidden: [
    ...layerRules,
    // The practice cluster reads the client's type maps, to check fields as strictly as the real API.
    onlyIn('kubernetes-client', '@kubernetes/client-node', '^src/(reach/kubernetes|labs/api/kinds)/'),
    onlyIn('echarts', 'echarts', '^src/report/'),
    onlyIn('re2js', 're2js', '^src/signals/log/'),
    onlyIn('undici', 'undici', '^src/(load|reach)/'),
    onlyIn('cel', '@marcbachmann/cel-js', '^src/judge/expression/'),
    onlyIn('commander', 'commander', '^src/cli/'),
    onlyIn('sqlite', 'node:sqlite', '^src/(record|labs)/'),
    {
      name: 'effects-through-the-door',
      severity: 'error',
      comment:
        'Files, processes and networks are reached through reach/ (or the folders whose job they are); pass what you need in.',
      from: { path: '^src/(model|judge|files|run|faults|signals)/', pathNot: tests },
      to: {
        path: '^(node:)?(fs|fs/promises|child_process|net|http|https|tls|dns|worker_threads|os)$',
        dependencyTypes: ['core'],
      },
    },
    {
      name: 'nobody-imports-the-root',
      severity: 'error',
      comment: 'cli/ wires everything; nothing below may know it.',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-source-to-test',
      severity: 'error',
      comment: 'Sources must not depend on tests or their helpers.',
      from: { path: '^src/', pathNot: tests },
      to: { path: `${tests}|^test/` },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means two files are one; move what both need below them.',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
