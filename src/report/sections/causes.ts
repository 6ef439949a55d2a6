import {
  type Block,
  badge,
  faint,
  heading,
  paragraph,
  type Section,
  sentence,
  strong,
  type Text,
} from '../document/blocks.ts';
import type { View } from '../view.ts';

/** Known signatures that fit, with the evidence for and against. */
export function causesSection(view: View): Section {
  const blocks = view.result.causes.flatMap((cause): Block[] => [
    heading(cause.title),
    paragraph([
      badge(cause.likelihood === 'likely' ? 'warn' : 'info', cause.likelihood),
      ' ',
      faint(cause.id),
    ]),
    {
      is: 'list',
      items: [
        ...cause.because.map((text): Text => [strong('for: '), ...sentence(text)]),
        ...cause.against.map((text): Text => [strong('against: '), ...sentence(text)]),
        ...(cause.against.length === 0 ? ['against: nothing that we saw'] : []),
      ],
    },
  ]);
  return {
    id: 'causes',
    title: 'Probable causes',
    blocks: blocks.length === 0 ? [paragraph('No known signature fits what was seen.')] : blocks,
  };
}
