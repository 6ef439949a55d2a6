import { enableCompileCache } from 'node:module';

// The command line's own code is many small files: cached, it starts in a fraction of the time.
enableCompileCache();

/** What nobody expected is a bug: not `deviated`, which Node's own code 1 would say. What was injected, the guardian undoes. */
const bug = (error: unknown): never => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `aftershock: internal error; this is a bug, please report it with the text below.\n` +
      `→ Run \`aftershock heal\` to make sure that nothing was left behind.\n${text}\n`,
  );
  return process.exit(3);
};
process.on('uncaughtException', bug);
process.on('unhandledRejection', bug);

const [{ program }, { homeProblem }, { report }, { terminal }] = await Promise.all([
  import('./program.ts'),
  import('./home.ts'),
  import('./failing.ts'),
  import('./terminal.ts'),
]);
try {
  await program().parseAsync(process.argv);
} catch (error) {
  const trouble = homeProblem(error);
  if (trouble === undefined) throw error;
  process.exit(report(terminal(), [trouble]));
}
