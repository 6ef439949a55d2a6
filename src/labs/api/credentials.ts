import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { stringify } from 'yaml';

/** What the server shows and what its clients trust; all of it lives as long as the server. */
export interface Credentials {
  ca: string;
  key: string;
  cert: string;
  tokens: Record<User, string>;
}

export type User = 'admin' | 'viewer';

const DAY_MS = 86_400_000;

const lifetime = () => ({
  notBeforeDate: new Date(Date.now() - DAY_MS),
  notAfterDate: new Date(Date.now() + 365 * DAY_MS),
  keyType: 'ec' as const,
  algorithm: 'sha256',
});

/** Makes a CA of our own, a server certificate for the loopback, and a bearer token for each user. */
export async function makeCredentials(): Promise<Credentials> {
  const ca = await generate([{ name: 'commonName', value: 'aftershock practice cluster CA' }], {
    ...lifetime(),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...lifetime(),
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
          { type: 2, value: 'kubernetes.default.svc' },
        ],
      },
    ],
  });
  return { ca: ca.cert, key: server.private, cert: server.cert, tokens: { admin: token(), viewer: token() } };
}

const token = (): string => randomBytes(24).toString('base64url');

/** Whose token this is; compared in constant time. */
export function userOf(credentials: Credentials, given: string): User | undefined {
  const users: User[] = ['admin', 'viewer'];
  return users.find((user) => same(credentials.tokens[user], given));
}

function same(token: string, given: string): boolean {
  const [a, b] = [Buffer.from(token), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Writes a kubeconfig (0600) for a user into `directory`, whole or not at all; returns its path. */
export async function writeKubeconfig(
  directory: string,
  credentials: Credentials,
  of: { user: User; url: string; name: string },
): Promise<string> {
  const path = join(directory, of.user === 'admin' ? 'kubeconfig' : `kubeconfig-${of.user}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, kubeconfig(credentials, of), { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
  return path;
}

function kubeconfig(credentials: Credentials, of: { user: User; url: string; name: string }): string {
  const ca = Buffer.from(credentials.ca).toString('base64');
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: of.name, cluster: { server: of.url, 'certificate-authority-data': ca } }],
      users: [{ name: of.user, user: { token: credentials.tokens[of.user] } }],
      contexts: [{ name: of.name, context: { cluster: of.name, user: of.user, namespace: 'default' } }],
      'current-context': of.name,
    },
    { lineWidth: 0 },
  );
}
