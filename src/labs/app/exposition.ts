/** Lines of Prometheus' text exposition format 0.0.4. */

export type Labels = Readonly<Record<string, string>>;

export const head = (name: string, help: string, type: 'counter' | 'gauge' | 'histogram'): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

/** Labels as they stand between the braces. */
export const labelled = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/["\\\n]/g, escaped)}"`)
    .join(',');

const escaped = (character: string): string => (character === '\n' ? '\\n' : `\\${character}`);

export const sample = (name: string, labels: string, value: number): string =>
  labels === '' ? `${name} ${value}` : `${name}{${labels}} ${value}`;
