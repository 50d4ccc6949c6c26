import { isAbsolute } from 'node:path';
import querystring from 'node:querystring';
import * as z from 'zod';
import { tracesEndpoint } from './tracing.js';

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

/**
 * Half of a certificate and its key; and, where TLS is required, each way out of this machine that can be read along.
 * @param isRedisOverTls whether a program's own options bring TLS to Redis; absent: its address says so
 */
export function tlsFaults(given: Given, accountUrls: readonly string[], isRedisOverTls?: boolean): string[] {
  const { SIARAN_TLS_CERT_FILE: certificate, SIARAN_TLS_KEY_FILE: key } = given;
  const half = [certificate ? 'SIARAN_TLS_KEY_FILE' : 'SIARAN_TLS_CERT_FILE'].map(
    (name) => `${name} is not set: a certificate and its key belong together`,
  );
  return [
    ...((certificate === undefined) === (key === undefined) ? [] : half),
    ...readable(given, [
      databaseWay('DATABASE_URL', given),
      databaseWay('SIARAN_AUDIENCE_DATABASE_URL', given),
      ['REDIS_URL', isPlainRedis(given, isRedisOverTls), 'rediss://'],
      ...pages(given).map(([name, address]): Way => [name, isPlainHttp(address), 'https://']),
      ['SIARAN_ACCOUNTS_FILE', accountUrls.some(isPlainHttp), 'https:// in each baseUrl'],
    ]),
  ];
}

/** The same of the ledger alone, for what connects to nothing else. */
export function databaseTlsFaults(given: Given): string[] {
  return readable(given, [databaseWay('DATABASE_URL', given)]);
}

/** The variable that says where it leads, whether what goes there can be read along, and what would be right. */
type Way = readonly [name: string, isReadable: boolean, write: string];

function readable({ SIARAN_TLS }: Given, ways: readonly Way[]): string[] {
  return ways
    .filter(([, isReadable]) => isReadable && SIARAN_TLS === 'required')
    .map(
      ([name, , write]) => `${name} leads to another machine without TLS, and SIARAN_TLS is required: write ${write}`,
    );
}

function databaseWay(name: string, given: Given): Way {
  return [name, !isSafeDatabase(given[name], given.PGHOST), 'sslmode=verify-full'];
}

/** As node-postgres reads an address: of a setting that is there twice, the last one counts. */
function isSafeDatabase(address: string | undefined, pgHost: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return true;
  const { hostname, searchParams } = new URL(address);
  const host = searchParams.getAll('host').at(-1) || querystring.unescape(hostname) || pgHost || 'localhost';
  // A socket is a file of this machine.
  return host.startsWith('/') || isLoopback(host) || asksForTls(searchParams);
}

/** Node-postgres checks certificate and name in all of these modes, unless it is told to do as libpq does. */
const checkedModes = ['prefer', 'require', 'verify-ca', 'verify-full'];

/** Whether the settings of a database's address ask for TLS, with a certificate that is checked. */
function asksForTls(settings: URLSearchParams): boolean {
  const checked = settings.has('uselibpqcompat') ? ['verify-full'] : checkedModes;
  return checked.includes(settings.getAll('sslmode').at(-1) ?? '');
}

function isPlainRedis({ REDIS_URL: redis, SIARAN_REDIS_CLUSTER: cluster }: Given, isOverTls?: boolean): boolean {
  if (isOverTls ?? redis?.startsWith('rediss:')) return false;
  return cluster?.split(',').some((node) => !isThisMachine(`redis://${node.trim()}`)) ?? !isThisMachine(redis);
}

function pages(given: Given): (readonly [name: string, address: string | undefined])[] {
  const traces = tracesEndpoint(given);
  return [
    ...['QISCUS_BASE_URL', 'SIARAN_NOTIFY_URL', 'SIARAN_ADMIN_URL'].map((name) => [name, given[name]] as const),
    ...(traces ? [[traces.variable, traces.url] as const] : []),
  ];
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
