import { clean } from '../document/clean.ts';

/** An element of XML: its attributes in their order, and what it contains. */
export interface Xml {
  name: string;
  attributes?: Readonly<Record<string, string | number>>;
  children?: readonly Xml[];
  text?: string;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

const escaped = (text: string, what: RegExp): string =>
  clean(text).replace(what, (char) => entities[char] ?? char);

const open = ({ name, attributes = {} }: Xml): string =>
  [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(String(value), /[&<>"\n\t]/g)}"`),
  ].join(' ');

function element(xml: Xml, indent: string): string {
  const { children = [], text = '' } = xml;
  if (text !== '') return `${indent}<${open(xml)}>${escaped(text, /[&<>]/g)}</${xml.name}>`;
  if (children.length === 0) return `${indent}<${open(xml)}/>`;
  const inner = children.map((child) => element(child, `${indent}  `));
  return [`${indent}<${open(xml)}>`, ...inner, `${indent}</${xml.name}>`].join('\n');
}

/** An XML document. Text from outside can neither end an element nor hold what XML 1.0 forbids. */
export const xmlDocument = (root: Xml): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, '')}\n`;
