import { once } from 'node:events';
import net from 'node:net';
import { Client } from 'undici';

const REQUESTS = 50;
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

export async function warmUp(): Promise<void> {
  const server = net.createServer((socket) => socket.on('data', () => socket.write(ANSWER)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const client = new Client(`http://127.0.0.1:${port}`);
  for (let n = 0; n < REQUESTS; n += 1) {
    const answer = await client.request({ path: '/', method: 'POST', body: 'x' });
    await answer.body.dump();
  }
  await client.destroy();
  server.close();
}
