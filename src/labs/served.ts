import type { LabSettings } from '../model/experiment.ts';
import type { Result } from '../model/result.ts';
import type { LabState } from './lab.ts';
import type { ProcessIdentity } from './process/identity.ts';

/** How to start a lab inside the process that serves it. */
export interface ServeOptions {
  lab: string;
  directory: string;
  port: number;
  settings: LabSettings;
  /** How long it serves on when all its owners are gone. */
  ownerGraceMs: number;
}

/** What runs inside the process that serves a lab. */
export interface Served {
  state: Omit<LabState, 'pid' | 'startTime' | 'directory' | 'name' | 'settings'>;
  /** Ends all of it. */
  stop(): Promise<void>;
}

/** Starts a lab in this process. */
export type Serve = (options: ServeOptions, notes: Notes, signal: AbortSignal) => Promise<Result<Served>>;

/** What a lab tells while it serves. */
export interface Notes {
  progress(text: string): void;
  /** The processes of its pods that run now. */
  processes(list: ProcessIdentity[]): void;
  /** Trouble for the lab's log. */
  trouble(text: string): void;
}

/** What the serving process tells the one that started it. */
export type Message =
  | { type: 'progress'; text: string }
  | { type: 'ended'; result: Result<LabState> }
  /** Another process starts or serves this lab. */
  | { type: 'claimed' };
