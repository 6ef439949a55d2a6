import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostile } from './fake/fake-hostile.ts';
import { fakeRun } from './fake/fake-run.ts';
import { learntBegin } from './learnt.ts';
import { writeReport } from './write.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aftershock-report-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const read = (name: string) => readFile(join(directory, name), 'utf8');

async function edit(name: string, change: (text: string) => string): Promise<void> {
  await writeFile(join(directory, name), change(await read(name)));
}

const writeAgain = async () => expect((await writeReport(directory, fakeRun('kill'))).ok).toBe(true);

test('writes the page, the text and the pictures, and leaves no drafts', async () => {
  const written = await writeReport(directory, fakeRun('kill'));
  const files = { html: 'report.html', markdown: 'report.md', json: 'report.json', junit: 'junit.xml' };
  const paths = Object.entries(files).map(([name, file]) => [name, join(directory, file)]);
  expect(written).toMatchObject({ ok: true, value: Object.fromEntries(paths) });
  expect(written.ok && written.value.marks.map(({ name, health }) => [name, health])).toContainEqual([
    'votes-errors',
    'warning',
  ]);
  expect((await readdir(directory)).toSorted()).toEqual([
    'charts',
    'junit.xml',
    'report.html',
    'report.json',
    'report.md',
  ]);
  const charts = await readdir(join(directory, 'charts'));
  expect(charts).toContain('votes-latency.svg');
  expect(charts.every((name) => name.endsWith('.svg'))).toBe(true);
});

test('what people wrote into report.md is kept, also twice, and shown in the page', async () => {
  await writeAgain();
  await edit('report.md', (text) =>
    text.replace('What surprised us?', `What surprised us? **Retries** hid half of it. ${hostile.text}`),
  );
  await writeAgain();
  await writeAgain();
  expect(await read('report.md')).toContain(`**Retries** hid half of it. ${hostile.text}`);
  const page = await read('report.html');
  expect(page).toContain('<strong>Retries</strong> hid half of it.');
  expect(page).not.toContain('<script>');
});

test('what people wrote into the page itself is kept, also twice and after report.md changed', async () => {
  await writeAgain();
  await edit('report.html', (text) =>
    text.replace(/(<!-- as written: \w+ -->)/, '$1<p>Ring Ana <em>first</em>.</p>'),
  );
  await writeAgain();
  await writeAgain();
  await edit('report.md', (text) => text.replace(learntBegin, `${learntBegin}\n\nFrom the text.`));
  await writeAgain();
  const page = await read('report.html');
  expect(page.match(/<p>Ring Ana <em>first<\/em>\.<\/p>/g)).toHaveLength(1);
  expect(page).toContain('From the text.');
});

test('what is given with the input is used where nobody wrote anything', async () => {
  await writeReport(directory, { ...fakeRun('kill'), learnt: 'From the input.' });
  expect(await read('report.md')).toContain('From the input.');
  expect(await read('report.html')).toContain('<p>From the input.</p>');
});

test('a folder that is none is a problem, not a crash', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');
  const written = await writeReport(file, fakeRun('kill'));
  expect(written.ok).toBe(false);
  if (!written.ok) expect(written.problem).toMatchObject({ code: 'file-missing' });
});
