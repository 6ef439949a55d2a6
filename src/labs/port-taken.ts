import type { Problem } from '../model/result.ts';

/** What a lab listens on, on 127.0.0.1. */
export interface Listener {
  name: string;
  nodePort: number;
}

export const portTaken = ({ name, nodePort }: Listener): Problem => ({
  code: 'lab-failed',
  message: `another program listens on 127.0.0.1:${nodePort}, where the lab's ${name} should`,
  fix: `End that program (\`ss -ltnp 'sport = :${nodePort}'\` shows it), or choose another port with --port.`,
});
