import { X509Certificate } from 'node:crypto';
import type { Config } from '../../config/config.js';
import { isLoopback } from '../../config/tls.js';
import { readPair } from '../../monitoring/serve-tls.js';
import { type Finding, found } from './check.js';

/** Those that renew themselves have done so by then. */
const soonMs = 14 * 86_400_000;

/** Whether passwords and numbers are readable between people, Qiscus's callbacks and us, as far as it can be told from here. */
export function judgeOwnTls({ tls, adminUrl, adminHost }: Config, now = Date.now()): Finding {
  if (tls) return judgeCertificate(new X509Certificate(readPair(tls).cert), now);
  if (adminUrl?.startsWith('http:') && !isLoopback(new URL(adminUrl).hostname))
    return {
      ok: false,
      detail: `people open ${adminUrl}: passwords and numbers can be read on the way`,
      todo: 'Set SIARAN_TLS_CERT_FILE and SIARAN_TLS_KEY_FILE, or let a proxy bring TLS, and write https:// in SIARAN_ADMIN_URL.',
    };
  return found(isLoopback(adminHost) ? 'http, and only this machine is listened to' : 'http: a proxy has to bring TLS');
}

function judgeCertificate({ validFrom, validTo }: X509Certificate, now: number): Finding {
  const todo = 'Have it renewed: another one in the same files is taken by itself.';
  const [from, to] = [validFrom, validTo].map((text) => new Date(text));
  if (!from || !to || from.getTime() > now)
    return { ok: false, detail: `the certificate is valid from ${validFrom} on only`, todo };
  const until = to.toISOString().slice(0, 10);
  if (to.getTime() < now + soonMs) return { ok: false, detail: `the certificate is valid until ${until} only`, todo };
  return found(`https, with a certificate until ${until}`);
}

/** Whether what goes to Qiscus, numbers and secret keys, is readable on its way. */
export function judgeProviderTls({ accounts, baseUrl }: Config): Finding {
  const places = accounts.size > 0 ? [...accounts] : [['default', { baseUrl }] as const];
  const open = places.filter(
    ([, place]) => /^http:/.test(place.baseUrl) && !isLoopback(new URL(place.baseUrl).hostname),
  );
  if (open.length === 0) return found('what is sent can be read by nobody on the way');
  return {
    ok: false,
    detail: `numbers and the secret key go unencrypted to ${open.map(([name, place]) => `${place.baseUrl} (account ${name})`).join(', ')}`,
    todo: 'Write https:// in QISCUS_BASE_URL, or in the baseUrl of the account.',
  };
}

/** Whether anybody who reaches Redis may use it: recipients stand in it as they are. On this machine it may be alone. */
export function judgeRedisPassword({ redisUrl, redisCluster }: Config): Finding {
  const address = redisUrl === undefined ? undefined : new URL(redisUrl);
  if (address?.password) return found('is asked for');
  const hosts = redisCluster?.map(({ host }) => host) ?? (address ? [address.hostname] : []);
  const beyond = hosts.filter((host) => !isLoopback(host));
  if (beyond.length === 0) return found('none, and only this machine reaches it');
  return {
    ok: false,
    detail: `none, at ${beyond.join(', ')}: whoever reaches it can read recipients and stop work`,
    todo: 'Give Redis a user for Siaran, or `requirepass`, and write it into REDIS_URL: redis://user:password@host:6379.',
  };
}
