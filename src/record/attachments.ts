import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fail, ok, type Problem, type Result } from '../model/result.ts';
import type { Note } from '../model/timeline.ts';
import { type FileTrouble, fileTrouble } from '../reach/files.ts';
import { notWritable, runFile } from './run-folder.ts';

const MOST_BYTES = 10 * 1024 * 1024;
const HEAD_BYTES = 12;

/** The kinds of picture that every browser draws and that cannot carry a script, by their first bytes. */
const pictures: readonly { media: string; extension: string; is: (head: string) => boolean }[] = [
  { media: 'image/png', extension: '.png', is: (head) => head.startsWith('\x89PNG\r\n\x1a\n') },
  { media: 'image/jpeg', extension: '.jpg', is: (head) => head.startsWith('\xff\xd8\xff') },
  { media: 'image/gif', extension: '.gif', is: (head) => /^GIF8[79]a/.test(head) },
  {
    media: 'image/webp',
    extension: '.webp',
    is: (head) => head.startsWith('RIFF') && head.slice(8) === 'WEBP',
  },
];

const mediaOf = (bytes: Buffer): string | undefined => kindOf(bytes)?.media;

const kindOf = (bytes: Buffer): (typeof pictures)[number] | undefined => {
  const head = bytes.subarray(0, HEAD_BYTES).toString('latin1');
  return pictures.find(({ is }) => is(head));
};

/**
 * Copies a picture (PNG, JPEG, GIF, WebP; 10 MiB at most) into a run folder's `attachments/` under a name that is safe
 * and new there, and returns that name. Problems: file-missing, usage (no picture, too large), disk-full.
 */
export function attach(directory: string, path: string): Result<string> {
  const looked = lookAt(path);
  if (!looked.ok) return looked;
  const folder = join(directory, runFile.attachments);
  const stem = basename(path, extname(path))
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 48);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = freeName(folder, stem === '' ? 'picture' : stem, looked.value);
    copyFileSync(path, join(folder, name));
    return ok(name);
  } catch (error) {
    return fail(notWritable(folder, fileTrouble(error)));
  }
}

/** The pictures of notes as data URIs, by file name; one that is gone, or is no picture any more, is left out. */
export function picturesOf(directory: string, notes: readonly Note[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { picture } of notes) {
    if (picture === undefined) continue;
    // Names come out of a recording that somebody may have sent us.
    const bytes = readBytes(join(directory, runFile.attachments, basename(picture)));
    const media = bytes.ok ? mediaOf(bytes.value) : undefined;
    if (bytes.ok && media !== undefined)
      found.set(picture, `data:${media};base64,${bytes.value.toString('base64')}`);
  }
  return found;
}

function readBytes(path: string): Result<Buffer, FileTrouble> {
  try {
    return ok(readFileSync(path));
  } catch (error) {
    return fail(fileTrouble(error));
  }
}

function freeName(folder: string, stem: string, extension: string): string {
  let name = `${stem}${extension}`;
  for (let number = 2; existsSync(join(folder, name)); number += 1) name = `${stem}-${number}${extension}`;
  return name;
}

/** The extension that fits what the file holds. */
function lookAt(path: string): Result<string> {
  try {
    const { size } = statSync(path);
    if (size > MOST_BYTES) return fail(tooLarge(path, size));
    const head = Buffer.alloc(HEAD_BYTES);
    const file = openSync(path, 'r');
    try {
      readSync(file, head, 0, HEAD_BYTES, 0);
    } finally {
      closeSync(file);
    }
    const kind = kindOf(head);
    return kind === undefined ? fail(noPicture(path)) : ok(kind.extension);
  } catch (error) {
    return fail(missing(path, fileTrouble(error).text));
  }
}

const missing = (path: string, cause: string): Problem => ({
  code: 'file-missing',
  message: `the picture ${path} cannot be read`,
  fix: 'Look at its name; --attach takes the path of a picture.',
  cause,
});

const noPicture = (path: string): Problem => ({
  code: 'usage',
  message: `${path} is not a picture that a report can show`,
  expected: 'a PNG, JPEG, GIF or WebP file',
  fix: 'Save it in one of these formats, and attach that.',
});

const tooLarge = (path: string, size: number): Problem => ({
  code: 'usage',
  message: `${path} is too large for a report`,
  found: `${Math.ceil(size / 1024 / 1024)} MiB`,
  expected: 'at most 10 MiB',
  fix: 'Make it smaller, and attach that.',
});
