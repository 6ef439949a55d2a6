import { z } from 'zod';
import { cutsUsOff } from './target.ts';

/** Signals that end a process unless it handles them (signal(7)); what stops it is `process.pause`, what is left is named differently by shells, or means what a program makes of it. */
export const signals = [
  'KILL',
  'TERM',
  'INT',
  'QUIT',
  'HUP',
  'ABRT',
  'SEGV',
  'BUS',
  'FPE',
  'ILL',
  'TRAP',
  'PIPE',
  'ALRM',
  'USR1',
  'USR2',
  'SYS',
  'XCPU',
  'XFSZ',
  'VTALRM',
  'PROF',
  'PWR',
] as const;

const text = z.string().trim().min(1);

const shape = z.strictObject({
  signal: z.enum(signals).describe('KILL unless told').exactOptional(),
  restart: text
    .describe(
      'The command line that starts it again, run by sh in a session of its own; its output goes nowhere unless it says where',
    )
    .exactOptional(),
  cwd: text.describe("Where `restart` is run; the killed process's own folder unless told").exactOptional(),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of a variable'), z.string())
    .describe("Variables for `restart`, beside the killed process's own environment")
    .exactOptional(),
  supervisor: z
    .union(
      [z.literal(true), text],
      'must be true, or the name of what restarts the process (systemd, runit …)',
    )
    .describe('Somebody else restarts it: true, or who')
    .exactOptional(),
  cuts_us_off: cutsUsOff,
});

export type KillParams = z.infer<typeof shape>;

/** `with:` of `process.kill`. */
export const killParams = shape
  .refine(({ restart, supervisor }) => restart === undefined || supervisor === undefined, {
    message: 'write restart or supervisor, not both: else it would be started twice',
  })
  .refine(({ restart, cwd, env }) => restart !== undefined || (cwd === undefined && env === undefined), {
    message: 'cwd and env are for restart, and there is none',
  });

/** Nobody brings it back: refused unless the limits allow it. */
export const isIrreversible = ({ restart, supervisor }: KillParams): boolean =>
  restart === undefined && supervisor === undefined;
