import type { Inline, Text, Tone } from '../document/blocks.ts';
import { clean } from '../document/clean.ts';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const entity = (char: string): string => entities[char] ?? char;

/** Text as GitHub-flavoured Markdown that means nothing but itself, also in a table's cell. */
export const plainMarkdown = (text: string): string =>
  clean(text)
    .replaceAll('\n', ' ')
    .replace(/[&<>]/g, entity)
    .replace(/[\\`*_[\]|~$]/g, '\\$&')
    .replace(/^(\s*)([-+=#]+)(?=\s|$)/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2');

/** Code in a line; as HTML where backticks cannot hold it, or a table would end at it. */
function codeMarkdown(text: string): string {
  const flat = clean(text).replaceAll('\n', ' ');
  if (!/[`|\\]/.test(flat) && flat.trim() !== '') return `\`${flat}\``;
  const inner = flat
    .replace(/[&<>]/g, entity)
    .replace(/[\\`*_[\]|~$]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<code>${inner}</code>`;
}

/** Bold, with spaces at its ends put outside, where Markdown wants them. */
function bold(text: string): string {
  const [, before = '', inner = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  return inner === '' ? text : `${before}**${plainMarkdown(inner)}**${after}`;
}

const signs: Record<Tone, string> = { good: '🟢', warn: '🟠', bad: '🔴', info: '🔵', plain: '⚪' };

/** The sign that stands for a tone where there is no colour. */
export const toneSign = (tone: Tone): string => signs[tone];

function piece(inline: Inline): string {
  if (typeof inline === 'string') return plainMarkdown(inline);
  switch (inline.is) {
    case 'strong':
      return bold(inline.text);
    case 'code':
      return codeMarkdown(inline.text);
    case 'faint':
      return plainMarkdown(inline.text);
    case 'changed':
      return `${bold(inline.text)} ◀`;
    case 'badge':
      return bold(inline.text);
    case 'picture':
      return inline.data === undefined
        ? `(the picture ${plainMarkdown(inline.file)} cannot be read)`
        : `<br>![${plainMarkdown(inline.alt)}](attachments/${encodeURIComponent(inline.file)})`;
    case 'break':
      return '<br>';
  }
}

/** A line of text as Markdown. */
export const inlineMarkdown = (text: Text): string =>
  typeof text === 'string' ? plainMarkdown(text) : text.map(piece).join('');
