import net from 'node:net';

// The least HTTP server there is: one small answer for each packet, which is one request.
const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', () => socket.write(ANSWER));
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  process.send?.((server.address() as net.AddressInfo).port);
});
process.on('disconnect', () => process.exit());
