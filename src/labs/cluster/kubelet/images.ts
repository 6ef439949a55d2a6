import { dirname, join } from 'node:path';

/** A program that a container image stands for. */
export interface Image {
  command: string[];
}

const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=96'];

/** A program of the labs. Its heap is bounded, so that it never reaches a pod's memory limit by itself. */
const program = (path: string): Image => ({
  command: [process.execPath, ...FLAGS, join(import.meta.dirname, '../..', path)],
});

/** The images that this cluster can "pull". */
export const IMAGES: Readonly<Record<string, Image>> = {
  'practice/poll-backend:1': program('poll-app/backend.ts'),
  'practice/poll-frontend:1': program('poll-app/frontend.ts'),
  'practice/timeserver:1': program('timeserver/timeserver.ts'),
};

/** Programs of a pod find our own Node first, whatever the machine has. */
export const PROGRAM_PATH = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');

/**
 * The command line of a container. An image that is not in the table has no program of its own:
 * with a `command` that is run as it is, without one the image cannot be pulled (undefined).
 */
export function commandOf(
  container: { image?: string; command?: string[]; args?: string[] },
  images: Readonly<Record<string, Image>>,
): string[] | undefined {
  const image = images[container.image ?? ''];
  const command = container.command?.length ? container.command : image?.command;
  return command === undefined ? undefined : [...command, ...(container.args ?? [])];
}
