import { createSocket } from 'node:dgram';

export const rcodes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

export interface FakeDns {
  /** `127.0.0.1:PORT`. */
  address: string;
  close(): Promise<void>;
}

/** A name server on loopback: what it answers depends on the first label; `silent` is not answered. */
export async function startDns(port: number): Promise<FakeDns> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { port: from, address }) => {
    const length = question[12] ?? 0;
    const label = question.subarray(13, 13 + length).toString();
    if (label !== 'silent') socket.send(answerTo(question, label), from, address);
  });
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** RFC 1035, 4.1: the question's header and question again, and one address where there is one. */
function answerTo(question: Buffer, label: string): Buffer {
  let end = 12;
  while ((question[end] ?? 0) !== 0) end += (question[end] ?? 0) + 1;
  const head = Buffer.from(question.subarray(0, end + 5));
  const rcode = rcodes[label.toUpperCase() as keyof typeof rcodes] ?? rcodes.NOERROR;
  const hasAddress = label === 'there';
  head.writeUInt16BE(0x8180 | rcode, 2);
  head.writeUInt16BE(hasAddress ? 1 : 0, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  const address = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 127, 0, 0, 9]);
  return Buffer.concat(hasAddress ? [head, address] : [head]);
}
