import type { HostUse, LabKind, LabSettings } from '../model/experiment.ts';
import type { Result } from '../model/result.ts';
import type { ProcessIdentity } from './process/identity.ts';

/** What a lab is asked for. */
export interface LabOptions {
  /** Where aftershock keeps what outlives a run; the lab's state is in `labs/` there. */
  home: string;
  /** Where its first service listens on 127.0.0.1; the lab's own port unless told. Labs on different ports live side by side. */
  port?: number;
}

export interface UpOptions extends LabOptions {
  /**
   * The process that starts the lab only for itself. The lab ends by itself when all its owners have been gone for
   * `ownerGraceMs` (60 s unless told: time for `heal` to work on it), unless somebody has called `up` without an
   * owner, which keeps it.
   */
  owner?: ProcessIdentity;
  ownerGraceMs?: number;
  /**
   * What its programs are told besides; a lab that is up with others is started again if nobody else needs it, and a
   * Problem otherwise. Unless told, a lab that is up will do as it is, and a new one has none.
   */
  settings?: LabSettings;
  /** Called with each step of the start, for a person who waits. */
  progress?: (text: string) => void;
}

export interface LabService {
  name: string;
  url: string;
}

/** A lab that is up. */
export interface LabState {
  name: string;
  /** The lab's own process; it ends everything when it gets SIGTERM. */
  pid: number;
  /** Field 22 of /proc/PID/stat, which tells the process from a later one with its number. */
  startTime: string;
  /** Of a lab that is a cluster, the paths of kubeconfig files: one may do everything, the other may only read. */
  kubeconfig?: string;
  viewerKubeconfig?: string;
  namespace?: string;
  /** The machines of a lab that has some, as a system file would name them. */
  hosts?: Readonly<Record<string, HostUse>>;
  /** Where its first service answers, and the port of that. */
  url: string;
  nodePort: number;
  /** All of its services, the first one first. */
  services: LabService[];
  /** What its programs are told besides their defaults. */
  settings: LabSettings;
  /** Where its logs and data are, until it goes down. */
  directory: string;
}

export interface LabUp extends LabState {
  /** It was up before; nothing was started. */
  alreadyUp: boolean;
}

/** A system to practise on, which aftershock starts and stops itself. */
export interface Lab extends LabKind {
  /** One line for the list of labs. */
  summary: string;
  /** Where its first service listens unless told. */
  port: number;
  /** Starts it, or finds it up; resolves when it works. Aborting ends what was started. */
  up(options: UpOptions, signal: AbortSignal): Promise<Result<LabUp>>;
  /** Ends it and all it runs, and removes its state; false where it was not up. */
  down(options: LabOptions): Promise<Result<boolean>>;
  /**
   * Takes an owner's need for it away. Ends it where nobody else ever asked for it; otherwise it stays, for whoever
   * keeps it, or until all its other owners are gone. Whether it was ended.
   */
  release(options: LabOptions, owner: ProcessIdentity): Promise<Result<boolean>>;
  /** Its state if it is up. */
  status(options: LabOptions): LabState | undefined;
  /** The ports of all its instances of a home that are up, on their way, or left behind by a crash. */
  ports(home: string): number[];
}
