import type { Config } from '../../config/config.js';
import { type Finding, found } from './check.js';

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

function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname);
}
