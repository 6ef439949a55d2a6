import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output with one plain line that any CI can read; a skipped test is a failure in CI. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped: string[] = [];
    const again: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'pending') continue;
        counts[state] += 1;
        if (state === 'skipped') skipped.push(test.fullName);
        if (test.diagnostic()?.flaky === true) again.push(test.fullName);
      }
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed += 1;
    }
    if (again.length > 0) {
      process.stdout.write(
        `\nPassed only at the second try:\n${again.map((name) => `  ${name}\n`).join('')}`,
      );
    }
    if (process.env['CI'] !== undefined && skipped.length > 0) {
      process.stdout.write(
        `\nSkipped, which CI does not allow:\n${skipped.map((name) => `  ${name}\n`).join('')}`,
      );
      process.exitCode = 1;
    }
    process.stdout.write(
      `\ntests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
    );
  }
}
