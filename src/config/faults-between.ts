import { parseDuration } from '../domain/timing/duration.js';
import { redisUrl } from './config-fields.js';
import { defaults } from './environment.js';

type Given = Record<string, string | undefined>;

/** What is wrong with variables that have to fit each other: zod would look at them only when all others are right. */
export function faultsBetween(given: Given): string[] {
  return [...redisFaults(given), ...claimFaults(given), ...notifyFaults(given)];
}

/** Either variable will do. */
function redisFaults(given: Given): string[] {
  if (given.REDIS_URL ?? given.SIARAN_REDIS_CLUSTER) return [];
  return (redisUrl.safeParse(undefined).error?.issues ?? []).map(({ message }) => `REDIS_URL ${message}`);
}

function claimFaults(given: Given): string[] {
  const timeoutMs = parseDuration(given.SIARAN_REQUEST_TIMEOUT ?? defaults.requestTimeout);
  const ttlMs = parseDuration(given.SIARAN_CLAIM_TTL ?? defaults.claimTtl);
  if (timeoutMs === undefined || ttlMs === undefined || ttlMs > timeoutMs) return [];
  return [
    'SIARAN_CLAIM_TTL must be longer than SIARAN_REQUEST_TIMEOUT: a claim that ends before its request would be settled too early',
  ];
}

/** A receiver that can't check who sent a notice would have to believe every sender. */
function notifyFaults(given: Given): string[] {
  if (!given.SIARAN_NOTIFY_URL || given.SIARAN_NOTIFY_SECRET) return [];
  return [
    'SIARAN_NOTIFY_SECRET is not set, and SIARAN_NOTIFY_URL is: notices are signed; for example the output of: echo whsec_$(openssl rand -base64 24)',
  ];
}
