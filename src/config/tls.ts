import { isAbsolute } from 'node:path';
import * as z from 'zod';

/** What a server shows to those who ask it by https: files in PEM. */
export type TlsFiles = Readonly<{ certFile: string; keyFile: string }>;

type Given = Readonly<Record<string, string | undefined>>;

const file = z
  .string()
  .refine(isAbsolute, { error: 'must be the whole path of a file in PEM, for example /run/secrets/tls.pem' })
  .optional();

export const tlsFields = {
  SIARAN_TLS_CERT_FILE: file,
  SIARAN_TLS_KEY_FILE: file,
  SIARAN_TLS: z.enum(['required', 'optional'], { error: 'must be required or optional' }).default('optional'),
};

export function readTlsFiles(read: {
  SIARAN_TLS_CERT_FILE?: string | undefined;
  SIARAN_TLS_KEY_FILE?: string | undefined;
}): TlsFiles | undefined {
  const { SIARAN_TLS_CERT_FILE: certFile, SIARAN_TLS_KEY_FILE: keyFile } = read;
  return certFile && keyFile ? { certFile, keyFile } : undefined;
}

/** Half of a certificate and its key; and, where TLS is required, each way out of this machine that can be read along. */
export function tlsFaults(given: Given, accountUrls: readonly string[]): string[] {
  const { SIARAN_TLS_CERT_FILE: certificate, SIARAN_TLS_KEY_FILE: key } = given;
  const half = [certificate ? 'SIARAN_TLS_KEY_FILE' : 'SIARAN_TLS_CERT_FILE'].map(
    (name) => `${name} is not set: a certificate and its key belong together`,
  );
  return [
    ...((certificate === undefined) === (key === undefined) ? [] : half),
    ...(given.SIARAN_TLS === 'required' ? readableWays(given, accountUrls) : []),
  ];
}

function readableWays(given: Given, accountUrls: readonly string[]): string[] {
  const { REDIS_URL: redis, SIARAN_REDIS_CLUSTER: cluster } = given;
  const isPlainRedis = !redis?.startsWith('rediss:');
  const clusterLeaves = cluster?.split(',').some((node) => !isThisMachine(`redis://${node.trim()}`));
  const ways = [
    ...databases.map((name): [string, boolean, string] => [name, !isSafeDatabase(given[name]), 'sslmode=verify-full']),
    ['REDIS_URL', isPlainRedis && (clusterLeaves ?? !isThisMachine(redis)), 'rediss://'],
    ...pages.map((name): [string, boolean, string] => [name, isPlainHttp(given[name]), 'https://']),
    ['SIARAN_ACCOUNTS_FILE', accountUrls.some(isPlainHttp), 'https:// in each baseUrl'],
  ] satisfies [string, boolean, string][];
  return ways
    .filter(([, isReadable]) => isReadable)
    .map(
      ([name, , write]) => `${name} leads to another machine without TLS, and SIARAN_TLS is required: write ${write}`,
    );
}

const databases = ['DATABASE_URL', 'SIARAN_AUDIENCE_DATABASE_URL'];
const pages = [
  ...['QISCUS_BASE_URL', 'SIARAN_NOTIFY_URL', 'SIARAN_ADMIN_URL'],
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
];

/** Node-postgres checks certificate and name in all of these modes, unless it is told to do as libpq does. */
const checkedModes = ['prefer', 'require', 'verify-ca', 'verify-full'];

function isSafeDatabase(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return true;
  const { hostname, searchParams } = new URL(address);
  // It counts more than the host before it. A socket is a file of this machine.
  const host = searchParams.get('host') ?? hostname;
  if (host === '' || host.startsWith('/') || isLoopback(host)) return true;
  const checked = searchParams.has('uselibpqcompat') ? ['verify-full'] : checkedModes;
  return checked.includes(searchParams.get('sslmode') ?? '');
}

function isPlainHttp(address: string | undefined): boolean {
  return address !== undefined && /^http:/i.test(address) && !isThisMachine(address);
}

/** What is no address at all is refused for that. */
function isThisMachine(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return true;
  return isLoopback(new URL(address).hostname);
}

/** Whether what is sent to it leaves this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname);
}
