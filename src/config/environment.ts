import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { isCountryCode } from '../domain/numbers/phone-number.js';
import { isLabel } from '../domain/runs/label.js';
import { readOptOutThreshold } from '../domain/statuses/opt-outs.js';
import { approvalAboveForm, rateLimitForm, readApprovalAbove, readRateLimit, withoutSlashes } from './accounts.js';
import { readAdminTokens } from './admin-token.js';
import { callbackSecretsForm, readCallbackSecrets } from './callback-secrets.js';
import {
  databaseUrl,
  duration,
  optionalDuration,
  readNodes,
  redisUrl,
  shown,
  testNumbers,
  url,
  words,
} from './config-fields.js';
import { isIssuer } from './oidc.js';
import { signingKey } from './signing-key.js';
import { tlsFields } from './tls.js';

/** The variables that Siaran reads, as text. What is absent or empty takes its default. */
export type Environment = Readonly<Record<string, string | undefined>>;

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

export const defaults = { requestTimeout: '30s', claimTtl: '45s' } as const;

/** Entries of the audit log that are younger can't be removed. */
const shortestRetentionMs = 30 * 86_400_000;

export const environment = z.object({
  DATABASE_URL: databaseUrl('postgres://siaran@localhost:5432/siaran'),
  SIARAN_AUDIENCE_DATABASE_URL: databaseUrl('postgres://reader@localhost:5432/crm').optional(),
  SIARAN_AUDIENCE_TIMEOUT: duration('5m'),
  SIARAN_AUDIENCES_FILE: z.string().optional(),
  SIARAN_CALENDARS_FILE: z.string().optional(),
  SIARAN_PRICES_FILE: z.string().optional(),
  SIARAN_FREE_AUDIENCES: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
  SIARAN_AUDIENCE_DIR: z
    .string()
    .refine(isAbsolute, { error: 'must be the whole path of a folder, for example /data/audiences' })
    .optional(),
  REDIS_URL: redisUrl.optional(),
  SIARAN_REDIS_CLUSTER: z.string().transform(readNodes).optional(),
  QISCUS_BASE_URL: url(['https:', 'http:'], 'https://multichannel.qiscus.com')
    .default('https://multichannel.qiscus.com')
    .transform(withoutSlashes),
  QISCUS_APP_ID: z.string().optional(),
  QISCUS_SECRET_KEY: z.string().optional(),
  SIARAN_ACCOUNTS_FILE: z.string().optional(),
  SIARAN_PREFIX: z
    .string()
    .regex(/^[\w-]{1,40}$/, { error: 'may hold letters, digits, _ and -, at most 40' })
    .default('siaran'),
  SIARAN_CONCURRENCY: z
    .string()
    .regex(/^([1-9]|[1-9]\d|100)$/, { error: 'must be a whole number from 1 to 100' })
    .default('4')
    .transform(Number),
  SIARAN_RATE_LIMIT: z
    .string()
    .optional()
    .transform((text, context) => {
      const limit = text === undefined ? undefined : readRateLimit(text);
      if (text === undefined || limit) return limit;
      context.addIssue({ code: 'custom', message: `is ${shown(text)}; ${rateLimitForm}` });
      return z.NEVER;
    }),
  SIARAN_APPROVAL_ABOVE: z
    .string()
    .optional()
    .transform((text, context) => {
      const above = text === undefined ? undefined : readApprovalAbove(text);
      if (text === undefined || above !== undefined) return above;
      context.addIssue({ code: 'custom', message: `is ${shown(text)}; ${approvalAboveForm}` });
      return z.NEVER;
    }),
  SIARAN_REQUEST_TIMEOUT: duration(defaults.requestTimeout),
  SIARAN_CLAIM_TTL: duration(defaults.claimTtl),
  SIARAN_STATEMENT_TIMEOUT: duration('20s'),
  SIARAN_SETTLE_AFTER: duration('10m'),
  SIARAN_RECONCILE_EVERY: duration('2s'),
  SIARAN_EVIDENCE: z.enum(['settle', 'suggest'], { error: 'must be settle or suggest' }).default('settle'),
  SIARAN_BALANCE_GUARD: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  SIARAN_DEFAULT_COUNTRY: z
    .string()
    .toUpperCase()
    .refine(isCountryCode, { error: 'must be a country of two letters (ISO 3166), for example ID' })
    .optional(),
  SIARAN_NOTIFY_URL: url(['https:', 'http:'], 'https://example.com/siaran').optional(),
  SIARAN_NOTIFY_SECRET: z
    .string()
    .refine((text) => signingKey(text) !== undefined, {
      error: 'must be whsec_ and the base64 of at least 16 bytes, or any other text of at least 16 characters',
    })
    .optional(),
  SIARAN_RESULTS_AFTER: duration('24h'),
  SIARAN_CALLBACK_SECRET: z
    .string()
    .transform((text, context) => {
      const secrets = readCallbackSecrets(text);
      if (secrets) return secrets;
      context.addIssue({ code: 'custom', message: callbackSecretsForm });
      return z.NEVER;
    })
    .default([]),
  SIARAN_STOP_WORDS: z
    .string()
    .transform((text) => text.split(',').map((word) => word.trim().toUpperCase()))
    .refine((words) => words.length <= 100 && words.every((word) => word !== '' && word.length <= 100), {
      error: 'must be up to 100 words with a comma between them, for example STOP,BERHENTI',
    })
    .default([]),
  SIARAN_OPT_OUT_THRESHOLD: z
    .string()
    .default('50,5%')
    .transform((text, context) => {
      const threshold = readOptOutThreshold(text);
      if (threshold) return threshold;
      context.addIssue({
        code: 'custom',
        message: `is ${shown(text)}; it must be how many a minute, and a part of what was handed over, for example 50,5%`,
      });
      return z.NEVER;
    }),
  SIARAN_TEST_NUMBERS: testNumbers,
  SIARAN_ADMIN_HOST: z
    .string()
    .regex(/^[\w.:-]{1,253}$/, { error: 'must be a host name or an address, for example 0.0.0.0' })
    .default('127.0.0.1'),
  SIARAN_ADMIN_PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a port from 0 to 65535' })
    .default('3000')
    .transform(Number)
    .refine((port) => port <= 65_535, { error: 'must be a port from 0 to 65535' }),
  ...tlsFields,
  SIARAN_ADMIN_URL: url(['https:', 'http:'], 'https://siaran.example.com')
    .refine((text) => !URL.canParse(text) || isPlainAddress(new URL(text)), {
      error: 'must be an address without a password, ? or #, for example https://siaran.example.com',
    })
    .transform(withoutSlashes)
    .optional(),
  SIARAN_OIDC_ISSUER: z
    .string()
    .refine(isIssuer, { error: 'must be an address that begins with https://, for example https://login.example.com' })
    .optional(),
  SIARAN_OIDC_CLIENT_ID: z.string().optional(),
  SIARAN_OIDC_CLIENT_SECRET: z.string().optional(),
  SIARAN_OIDC_ACR: words,
  SIARAN_OIDC_AMR: words,
  SIARAN_OIDC_MAX_AGE: optionalDuration,
  SIARAN_SECOND_FACTOR: z.enum(['required', 'optional'], { error: 'must be required or optional' }).default('optional'),
  SIARAN_TRUSTED_PROXIES: z
    .string()
    .regex(/^\d$/, { error: 'must be how many proxies stand before the admin, 0 to 9' })
    .default('0')
    .transform(Number),
  SIARAN_ADMIN_TOKEN: z
    .string()
    .transform((text, context) => {
      const tokens = readAdminTokens(text);
      if (!('fault' in tokens)) return tokens;
      context.addIssue({ code: 'custom', message: tokens.fault });
      return z.NEVER;
    })
    .default([]),
  SIARAN_ACTOR: z
    .string()
    .refine(isLabel, { error: 'must be a name of 1 to 200 characters in one line' })
    .default(systemUser),
  SIARAN_AUDIT_RETENTION: duration('730d').refine((ms) => ms >= shortestRetentionMs, {
    error: 'must be at least 30d',
  }),
  SIARAN_WORKER_PORT: z
    .string()
    .refine((text) => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535, {
      error: 'must be a port from 1 to 65535',
    })
    .transform(Number)
    .optional(),
  SIARAN_WORKER_HOST: z
    .string()
    .regex(/^[\w.:-]{1,255}$/, { error: 'must be a host name or an address, for example 0.0.0.0' })
    .default('127.0.0.1'),
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
});

/** Paths are added to it, and everybody who gets a notice reads it. */
function isPlainAddress({ username, password, search, hash }: URL): boolean {
  return username + password + search + hash === '';
}

/** A container may run as a user that has no name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
