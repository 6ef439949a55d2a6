/** Text as one word of a POSIX shell, whatever is in it (but NUL, which no argument can have). */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
