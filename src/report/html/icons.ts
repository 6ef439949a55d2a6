import type { VerdictIcon } from '../document/blocks.ts';

const paths: Record<VerdictIcon, string> = {
  check: '<path d="M10 17.5l5 5 11-12"/>',
  delta: '<path d="M9 14h18M9 22h18M23 8L13 28"/>',
  question: '<path d="M13 13.5a5 5 0 1 1 7.2 4.5c-1.6.8-2.2 1.7-2.2 3.5M18 26.2v.3"/>',
  stop: '<path d="M12 12l12 12M24 12L12 24"/>',
  alarm: '<path d="M18 9.5v10M18 25.7v.4"/>',
};

/** The verdict's sign; decoration beside the word. */
export const icon = (name: VerdictIcon): string =>
  `<svg class="icon" viewBox="0 0 36 36" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"><circle cx="18" cy="18" r="17" fill="currentColor" stroke="none"/><g class="sign">${paths[name]}</g></svg>`;
