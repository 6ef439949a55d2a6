import { Command, type CommanderError } from 'commander';
import type { ExitCode } from '../model/problems.ts';

/** Ends a command: commands return their exit code, and nothing else ends the process. */
const exits =
  <A extends unknown[]>(action: (...args: A) => Promise<ExitCode>) =>
  async (...args: A): Promise<void> => {
    process.exitCode = await action(...args);
  };

const runsOption = ['--runs <dir>', 'where run folders are kept', 'runs'] as const;
const systemOption = [
  '--system <file>',
  'run against this system instead of the one the experiment names',
] as const;

/** The whole command line. Each command's code is loaded when it is called, so `--help` stays fast. */
export function program(): Command {
  const root = new Command('aftershock')
    .description('Predict it. Break it. Prove what happened.')
    .version('0.1.0')
    .showHelpAfterError('(add --help for what is expected)')
    .exitOverride((error: CommanderError) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  root.addHelpText(
    'after',
    '\nExample:\n  aftershock demo\n  aftershock run experiments/kill-a-pod.yaml\n\nExit codes: 0 as predicted, 1 deviated, 2 wrong usage or file (nothing touched), 3 inconclusive,\n            4 aborted and undone, 5 unrecovered, 6 refused by a limit.',
  );
  breaking(root);
  undoing(root);
  reading(root);
  practising(root);
  learning(root);
  return root;
}

function breaking(root: Command): void {
  root
    .command('demo')
    .description('the embedded lab, one experiment, one report: no cluster needed')
    .option(...runsOption)
    .addHelpText('after', '\nExample:\n  aftershock demo')
    .action(exits(async (options) => (await import('./commands/demo.ts')).demo(options)));
  root
    .command('run <experiment>')
    .description('run an experiment: predict, break, watch, undo, write it up')
    .option(...systemOption)
    .option('--seed <seed>', 'choose the same targets and bodies as a run before')
    .option('-y, --yes', 'do not ask before breaking something')
    .option('--json', 'events as NDJSON on standard output')
    .option(...runsOption)
    .addHelpText('after', '\nExample:\n  aftershock run experiments/kill-a-pod.yaml --seed 7f3a91c2')
    .action(exits(async (file, options) => (await import('./commands/run.ts')).run(file, options)));
  root
    .command('plan <experiment>')
    .description('what would be done, and undone; touches nothing')
    .option(...systemOption)
    .option('--seed <seed>', 'the seed to choose targets by')
    .option('--json', 'the plan as JSON')
    .addHelpText('after', '\nExample:\n  aftershock plan experiments/kill-a-pod.yaml')
    .action(exits(async (file, options) => (await import('./commands/plan.ts')).plan(file, options)));
}

function undoing(root: Command): void {
  root
    .command('stop [run]')
    .description('undo now and end: the run named, or the only one that lives')
    .addHelpText('after', '\nExample:\n  aftershock stop')
    .action(exits(async (run) => (await import('./commands/stop.ts')).stop(run)));
  root
    .command('heal')
    .description('undo what runs left behind; leaves living runs alone')
    .option('--system <file>', 'look on this system too, without any local record')
    .option('--all', 'also what a living run holds')
    .option('--wait <seconds>', 'how long a target may take to be as before (default: 60)')
    .option('--forget <run>', 'close a dead run whose target or system does not exist any more')
    .addHelpText('after', '\nExample:\n  aftershock heal --system systems/poll-app.yaml')
    .action(exits(async (options) => (await import('./commands/heal.ts')).heal(options)));
  root
    .command('guardian <directory>', { hidden: true })
    .action(exits(async (directory) => (await import('./commands/guardian.ts')).guardian(directory)));
}

function reading(root: Command): void {
  root
    .command('judge <run>')
    .description('judge a recording again: a run folder (also from another machine), or a part of its name')
    .option('--json', 'the result as JSON')
    .option(...runsOption)
    .addHelpText('after', '\nExample:\n  aftershock judge runs/2026-11-20T160800-kill-one-backend-pod-7f3a')
    .action(exits(async (run, options) => (await import('./commands/judge.ts')).judgeCommand(run, options)));
  root
    .command('report <run>')
    .description('write the report again, from the recording')
    .option(...runsOption)
    .addHelpText('after', '\nExample:\n  aftershock report runs/2026-11-20T160800-kill-one-backend-pod-7f3a')
    .action(exits(async (run, options) => (await import('./commands/judge.ts')).reportCommand(run, options)));
  root
    .command('note <run> <text...>')
    .description("a human's line on the timeline of a run, during or after it")
    .option(
      '--at <time>',
      '17:20, 17:20:05, 17:20Z, an ISO date, or +12s from the first injection (default: now)',
    )
    .option('--attach <picture>', 'a PNG, JPEG, GIF or WebP that the report shows with it')
    .option(...runsOption)
    .addHelpText('after', "\nExample:\n  aftershock note 7f3a 'restarted the port-forward' --at 17:20")
    .action(
      exits(async (run, text, options) =>
        (await import('./commands/note.ts')).noteCommand(run, text, options),
      ),
    );
  root
    .command('faults [name]')
    .description('the catalogue of faults, or one with its parameters and an example')
    .addHelpText('after', '\nExample:\n  aftershock faults kubernetes.pod.delete')
    .action(exits(async (name) => (await import('./commands/catalogue.ts')).faultsCommand(name)));
  root
    .command('signals [name]')
    .description('what can be watched, or one signal with its measures and an example')
    .addHelpText('after', '\nExample:\n  aftershock signals http')
    .action(exits(async (name) => (await import('./commands/catalogue.ts')).signalsCommand(name)));
}

function practising(root: Command): void {
  const lab = root.command('lab').description('systems to practise on: up, down, status');
  for (const verb of ['up', 'down', 'status'] as const) {
    lab
      .command(`${verb} [name]`)
      .description(
        { up: 'start a lab and keep it', down: 'stop it and all it runs', status: 'what runs' }[verb],
      )
      .option('--port <port>', 'where its first service listens on 127.0.0.1')
      .addHelpText('after', `\nExample:\n  aftershock lab ${verb} poll-app`)
      .action(exits(async (name, options) => (await import('./commands/lab.ts')).lab(verb, name, options)));
  }
}

function learning(root: Command): void {
  const learn = root
    .command('learn')
    .description('game days and a quiz: predict, watch, compare; scores over time');
  learn
    .command('game-day [experiment]')
    .description(
      'asks for your prediction, runs the experiment (kill-a-pod unless told), asks what happened, compares',
    )
    .option(...systemOption)
    .option('--seed <seed>', 'choose the same targets and bodies as a run before')
    .option('-y, --yes', 'do not ask before breaking what is not a lab')
    .option(...runsOption)
    .addHelpText('after', '\nExample:\n  aftershock learn game-day experiments/add-latency.yaml')
    .action(exits(async (file, options) => (await import('./learn/game-day.ts')).gameDay(file, options)));
  learn
    .command('quiz [run]')
    .description('shows the charts of a stored run without its name, and asks which fault it was')
    .option('--seed <seed>', 'ask about the same run, with the same answers to choose from')
    .option(...runsOption)
    .addHelpText('after', '\nExample:\n  aftershock learn quiz')
    .action(exits(async (run, options) => (await import('./learn/quiz.ts')).quiz(run, options)));
  learn
    .command('scores')
    .description('how your game days and quizzes went, over time')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  aftershock learn scores')
    .action(exits(async (options) => (await import('./learn/told.ts')).showScores(options)));
}
