import { defineConfig } from 'vitest/config';
import { ClosingLine } from './test/support/closing-line.ts';

/**
 * End-to-end tests that wait for most of their time: for leases, and for machines in QEMU. Two of them at once take
 * little more than one; each has ports and a home of its own.
 */
const waiting = [
  ...['crash', 'crash-process', 'hang', 'host-guarantee', 'host-signals', 'hosts', 'ssh-hosts'],
  ...['host-experiments', 'load-faults', 'network-faults', 'service-faults', 'labs/hosts'],
].map((name) => `test/${name}.test.ts`);

const endToEnd = { testTimeout: 240_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/support/property-seed.ts'],
    reporters: ['default', new ClosingLine()],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          // A busy machine stalls real processes and clocks; what needed its second try is named at the end.
          retry: process.env['CI'] === undefined ? 0 : 1,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/**/*.test.ts'],
          exclude: waiting,
          ...endToEnd,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e-waiting',
          include: waiting,
          ...endToEnd,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
