const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const c1 = /[\u0080-\u009f\ufeff\ufff9-\uffff]/g;

const codePoint = (char: string): string =>
  `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

/**
 * Makes text from outside harmless to read: terminal controls become their pictures (ESC is ␛), characters that
 * turn the direction of text are spelt out. Letters of every script stay.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(controls, (char) => (char === '\u007f' ? '␡' : String.fromCharCode(0x2400 + char.charCodeAt(0))))
    .replace(c1, codePoint)
    .replace(bidi, codePoint);
}

/** Cuts a name in its middle, which keeps what tells pods apart. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.floor((length - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`;
}
