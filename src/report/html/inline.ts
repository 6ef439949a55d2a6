import type { Inline, Text } from '../document/blocks.ts';
import { clean } from '../document/clean.ts';
import { escapeHtml } from './escape.ts';

/** Cleaned and escaped text. */
export const plain = (text: string): string => escapeHtml(clean(text));

function piece(inline: Inline): string {
  if (typeof inline === 'string') return plain(inline);
  switch (inline.is) {
    case 'strong':
      return `<strong>${plain(inline.text)}</strong>`;
    case 'code':
      return `<code>${plain(inline.text)}</code>`;
    case 'faint':
      return `<span class="faint">${plain(inline.text)}</span>`;
    case 'changed':
      return `<mark>${plain(inline.text)}</mark>`;
    case 'badge':
      return `<span class="badge ${inline.tone}">${plain(inline.text)}</span>`;
    case 'picture':
      return inline.data === undefined
        ? `<span class="faint">(the picture ${plain(inline.file)} cannot be read)</span>`
        : `<br><img class="note" src="${escapeHtml(inline.data)}" alt="${plain(inline.alt)}">`;
    case 'break':
      return '<br>';
  }
}

/** A line of text as HTML. */
export const inline = (text: Text): string =>
  typeof text === 'string' ? plain(text) : text.map(piece).join('');
