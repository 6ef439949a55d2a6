/** What stands under 'What we learnt' until people write something. */
export const learntTemplate = `_For the people who ran this. Write below in \`report.md\`; it is kept when the report is written again._

- What surprised us?
- What do we change, who does it, until when?
- Which check would have told us before?`;

export const learntBegin = '<!-- what we learnt: begin -->';
export const learntEnd = '<!-- what we learnt: end -->';

/** The text between the markers, if both are there. */
export function betweenMarkers(file: string): string | undefined {
  const from = file.indexOf(learntBegin);
  const to = file.lastIndexOf(learntEnd);
  if (from < 0 || to < from) return undefined;
  return file.slice(from + learntBegin.length, to).trim();
}

/** Is there anything that a person wrote? */
export const isWritten = (text: string | undefined): text is string =>
  text !== undefined && text.trim() !== '' && text.trim() !== learntTemplate;
