/** Go's words for why a connection or a request failed, as the real API's and kubelet's texts have them. */
export function goWords(error: Error & { code?: string }, address: string): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  if (error.code === 'ECONNREFUSED') return `dial tcp ${address}: connect: connection refused`;
  if (error.code === 'ECONNRESET') return 'EOF';
  return error.message;
}
