import { Command, type CommanderError, Help } from 'commander';
import type { ExitCode } from '../model/problems.ts';

/** Ends a command: commands return their exit code, and nothing else ends the process. */
const exits =
  <A extends unknown[]>(action: (...args: A) => Promise<ExitCode>) =>
  async (...args: A): Promise<void> => {
    process.exitCode = await action(...args);
  };

/** An option that may be given again. */
const collected = (value: string, before: string[] = []): string[] => [...before, value];

const runsOption = ['--runs <dir>', 'where run folders are kept', 'runs'] as const;
const systemOption = [
  '--system <file>',
  'run against this system instead of the one the experiment names',
] as const;

/** A command in the list of all: its options stand in its own help. */
const listed = (command: Command): string => new Help().subcommandTerm(command).replace(' [options]', '');

/** The whole command line. Each command's code is loaded when it is called, so `--help` stays fast. */
export function program(): Command {
  const root = new Command('aftershock')
    .description('Predict it. Break it. Prove what happened.')
    .version('0.1.0')
    .configureHelp({ subcommandTerm: listed })
    .showHelpAfterError('(add --help for what is expected)')
    .exitOverride((error: CommanderError) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  root.addHelpText(
    'after',
    '\nExample:\n  aftershock demo\n  aftershock run experiments/kill-a-pod.yaml\n\nExit codes: 0 as predicted, 1 deviated, 2 wrong usage or file (nothing touched),\n            3 inconclusive, 4 aborted and undone, 5 unrecovered,\n            6 refused by a limit.',
  );
  const groups: Record<string, readonly ((root: Command) => void)[]> = {
    Running: [breaking, many, loading],
    Undoing: [undoing],
    Reading: [reading],
    History: [across],
    Practising: [practising, learning],
    Importing: [importing],
    'Looking up': [lookingUp],
  };
  for (const [title, adds] of Object.entries(groups)) {
    root.commandsGroup(`${title}:`);
    for (const add of adds) add(root);
  }
  return root;
}

function breaking(root: Command): void {
  root
    .command('demo')
    .summary('lab, experiment and report: no cluster needed')
    .description('the embedded lab, one experiment, one report: no cluster needed')
    .option(...runsOption)
    .addHelpText('after', '\nExample:\n  aftershock demo')
    .action(exits(async (options) => (await import('./commands/demo.ts')).demo(options)));
  root
    .command('run <experiment>')
    .summary('predict, break, watch, undo, write it up')
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
    .summary('what would be done and undone; touches nothing')
    .description('what would be done, and undone; touches nothing')
    .option(...systemOption)
    .option('--seed <seed>', 'the seed to choose targets by')
    .option('--json', 'the plan as JSON')
    .addHelpText('after', '\nExample:\n  aftershock plan experiments/kill-a-pod.yaml')
    .action(exits(async (file, options) => (await import('./commands/plan.ts')).plan(file, options)));
}

function loading(root: Command): void {
  root
    .command('load <url>')
    .summary('HTTP requests at a fixed rate, with a report')
    .description('the load test by itself: HTTP requests at a fixed rate, with its report; breaks nothing')
    .option('--rate <rate>', 'requests per time, sent whatever becomes of those before', '10/s')
    .option('--for <duration>', 'how long', '60s')
    .option('--method <method>', 'GET, or POST where there is a body')
    .option('--json <body>', 'a JSON body; {"pick": [a, b]} in it is replaced by a or b')
    .option('--body <text>', 'a body, sent as it is')
    .option('--header <name: value>', 'sent with each request; may be given again', collected)
    .option('--timeout <duration>', 'a request that takes longer has failed (default: 2s)')
    .option('--connections <number>', 'requests in flight at once, each on its own connection (default: 64)')
    .option('--expect <statuses>', 'what counts as a success: 200, 200-399, or 200,404 (default: 200-299)')
    .option(
      '--predict <expression>',
      "what you expect: 'load.p95_ms < 200'; exit 1 if not; may be given again",
      collected,
    )
    .option('--name <title>', 'the title of the run and its report')
    .option('--seed <seed>', 'send the same bodies as a run before')
    .option(...runsOption)
    .addHelpText(
      'after',
      `\nExample:\n  aftershock load http://127.0.0.1:30080/api/polls/default/vote --rate 10/s --for 60s \\\n    --json '{"option":{"pick":["TypeScript","Rust"]}}' --predict 'load.availability >= 0.99'\n\nctrl-C ends it early (exit 4) and still writes the report. A secret in a header: \${env:TOKEN}.`,
    )
    .action(exits(async (url, options) => (await import('./commands/load.ts')).load(url, options)));
}

function undoing(root: Command): void {
  root
    .command('stop [run]')
    .summary('undo now and end a living run')
    .description('undo now and end: the run named, or the only one that lives')
    .addHelpText('after', '\nExample:\n  aftershock stop')
    .action(exits(async (run) => (await import('./commands/stop.ts')).stop(run)));
  root
    .command('heal')
    .summary('undo what dead runs left behind')
    .description('undo what runs left behind; leaves living runs alone')
    .option('--system <file>', 'look on this system too, without any local record')
    .option(
      '--host <name>',
      'look on this host only: one of the system file, `here` (this machine), netns:NAME, or an ssh destination',
    )
    .option('--ssh-config <file>', 'an ssh configuration for that host, instead of yours')
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
    .summary('judge a recording again')
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
    .summary("a human's line on the timeline of a run")
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
}

function many(root: Command): void {
  root
    .command('suite <experiments...>')
    .summary('many experiments, or one many times')
    .description('many experiments (files, or folders of them) one after another, and one summary')
    .option('--repeat <number>', 'make every run so many times')
    .option(
      '--vary <key=a,b,c>',
      'one run for each value: signals.votes.rate=5/s,50/s; again for a cross product',
      collected,
    )
    .option(...systemOption)
    .option('--seed <seed>', 'choose the same targets and bodies as a suite before')
    .option('-y, --yes', 'do not ask before breaking something')
    .option('--json', 'a line of JSON for each run, then the summary')
    .option(...runsOption)
    .addHelpText(
      'after',
      '\nExample:\n  aftershock suite experiments --repeat 3\n  aftershock suite experiments/kill-a-pod.yaml --vary signals.votes.rate=5/s,50/s,200/s\n\nExit code: the worst of its runs, in this order: 5, 4, 6, 2, 1, 3, 0. After an unrecovered run, and on ctrl-C, it stops.',
    )
    .action(
      exits(async (named, options) => (await import('./commands/suite.ts')).suiteCommand(named, options)),
    );
}

function across(root: Command): void {
  root
    .command('runs')
    .summary('every run, newest first, with its verdict')
    .description('every run there is, newest first, with its verdict and the score of its predictions')
    .option('--experiment <text>', 'only runs with this in their title, file or name')
    .option('--verdict <verdict>', 'only runs with this verdict, such as deviated')
    .option('--limit <number>', 'at most so many; the score is over all of them')
    .option('--json', 'as JSON')
    .option(...runsOption)
    .addHelpText('after', '\nExample:\n  aftershock runs --experiment kill --limit 10')
    .action(exits(async (options) => (await import('./commands/runs.ts')).runsCommand(options)));
  root
    .command('compare <runs...>')
    .summary('runs side by side, and their differences')
    .description('runs side by side: charts on shared axes, measures and their differences, predictions')
    .option('--baseline <run>', 'hold the others against this run; the first unless told')
    .option(
      '--fail-on <condition>',
      "exit 1 where it is true of a run: 'recovered_after_s > 1.5x'",
      collected,
    )
    .option('--format <format>', 'html, markdown or text')
    .option('-o, --output <file>', 'write it there')
    .option(...runsOption)
    .addHelpText(
      'after',
      "\nExample:\n  aftershock compare 7f3a 91c2 --fail-on 'recovered_after_s > 1.5x'\n\nConditions: MEASURE OP NUMBERx (times the first run's), MEASURE OP +NUMBER (more than it), MEASURE OP NUMBER.\nExit codes: 0 none is true, 1 one is, 3 one cannot be told.",
    )
    .action(
      exits(async (runs, options) => (await import('./commands/compare.ts')).compareCommand(runs, options)),
    );
}

function practising(root: Command): void {
  const lab = root.command('lab').description('systems to practise on: up, down, status, reset, exec');
  for (const verb of ['up', 'down', 'status'] as const) {
    const command = lab
      .command(`${verb} [name]`)
      .description(
        {
          up: 'start a lab and keep it',
          down: 'stop it and all it runs',
          status: 'the labs that are up, and where',
        }[verb],
      )
      .option('--port <port>', 'where its first service listens on 127.0.0.1 (default: its own)')
      .addHelpText(
        'after',
        `\nExample:\n  aftershock lab ${verb} poll-app${verb === 'up' ? ' --set poll-backend.CPU_MS_PER_VOTE=10' : ''}`,
      )
      .action(exits(async (name, options) => (await import('./commands/lab.ts')).lab(verb, name, options)));
    if (verb === 'up')
      command.option(
        '--set <deployment.variable=value>',
        'what its programs are told besides (docs/lab.md); may be given again',
        collected,
      );
  }
  machines(lab);
}

function machines(lab: Command): void {
  const port = [
    '--port <port>',
    "where the lab's first machine listens on 127.0.0.1 (default: its own)",
  ] as const;
  lab
    .command('reset <name> [machine]')
    .summary('make its machines clean again')
    .description('bring the machines of a lab, or one of them, back to what they were when it came up')
    .option(...port)
    .addHelpText('after', '\nExample:\n  aftershock lab reset hosts vm1')
    .action(
      exits(async (name, machine, options) =>
        (await import('./commands/lab-machines.ts')).labReset(name, machine, options),
      ),
    );
  lab
    .command('exec <name> <machine> [command...]')
    .summary('run a command on a machine')
    .description(
      "run a command on a machine of a lab, over ssh; the exit code is the command's. A shell unless told",
    )
    .option(...port)
    .addHelpText('after', '\nExample:\n  aftershock lab exec hosts vm1 -- tc qdisc show dev eth1')
    .action(async (name, machine, ...[command, options]) => {
      const { labExec } = await import('./commands/lab-machines.ts');
      process.exitCode = await labExec({ name, machine, command }, options);
    });
}

function learning(root: Command): void {
  const learn = root
    .command('learn')
    .summary('game days and a quiz, with scores over time')
    .description('game days and a quiz: predict, watch, compare; scores over time');
  learn
    .command('game-day [experiment]')
    .summary('you predict, it breaks, you both say what happened')
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
    .summary('charts without a name: which fault was it?')
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

function importing(root: Command): void {
  root
    .command('import')
    .description('experiments from the command lines of other tools')
    .command('blade <command>')
    .summary('an experiment from a command of ChaosBlade')
    .description('an experiment that does what a command of ChaosBlade does, with what differs as comments')
    .option('--host <name>', 'the host of the system file that it is for (default: here, this machine)')
    .option('--system <file>', 'the system file that the experiment names (default: system.yaml)')
    .option('-o, --out <file>', 'write it there; printed unless told')
    .addHelpText(
      'after',
      "\nExample:\n  aftershock import blade 'blade create network loss --percent 50 --interface eth0 --timeout 60' --host pg1",
    )
    .action(
      exits(async (line, options) =>
        (await import('./commands/import.ts')).importBladeCommand(line, options),
      ),
    );
}

function lookingUp(root: Command): void {
  root
    .command('faults [name]')
    .summary('what can be broken')
    .description('the catalogue of faults, or one with its parameters and an example')
    .addHelpText('after', '\nExample:\n  aftershock faults kubernetes.pod.delete')
    .action(exits(async (name) => (await import('./commands/catalogue.ts')).faultsCommand(name)));
  root
    .command('signals [name]')
    .summary('what can be watched')
    .description('what can be watched, or one signal with its measures and an example')
    .addHelpText('after', '\nExample:\n  aftershock signals http')
    .action(exits(async (name) => (await import('./commands/catalogue.ts')).signalsCommand(name)));
  root.helpCommand('help [command]', 'the help of one command');
}
