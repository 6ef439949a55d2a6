import { expect, test } from 'vitest';
import { localHost } from './local.ts';
import { runScript } from './script.ts';

const ran = (script: string) =>
  runScript(
    localHost('here', []),
    { script, doing: 'inject exec', code: 'inject-failed' },
    AbortSignal.timeout(20_000),
  );

test('what a script said as it failed is in the message, which is all that a recording keeps', async () => {
  const failed = await ran(
    'echo "frobnicate: not found" >&2; echo "inject ended with exit code 127" >&2; exit 70',
  );
  expect(failed).toMatchObject({
    problem: {
      code: 'inject-failed',
      message:
        'We could not inject exec on the host here: frobnicate: not found; inject ended with exit code 127',
      cause: 'frobnicate: not found\ninject ended with exit code 127',
    },
  });
});

test('of one that said nothing the exit code is told, of one that said much the end', async () => {
  expect(await ran('exit 9')).toMatchObject({
    problem: { message: 'We could not inject exec on the host here: the script ended with exit code 9' },
  });
  const much = await ran('i=0; while [ $i -lt 200 ]; do echo "line $i" >&2; i=$((i + 1)); done; exit 9');
  if (much.ok) throw new Error('it did not fail');
  expect(much.problem.message).toMatch(/line 198; line 199$/);
  expect(much.problem.message.length).toBeLessThan(400);
});
