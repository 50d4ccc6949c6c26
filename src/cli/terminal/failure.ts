import { CommanderError } from 'commander';
import type { Config } from '../../config/config.js';
import { maskPhoneNumbersIn } from '../../domain/numbers/mask-number.js';
import { NoAnswerError } from '../../domain/timing/within.js';
import {
  CampaignExistsError,
  isError,
  KeyConflictError,
  messageOf,
  SiaranError,
  UnavailableError,
  UsageError,
} from '../../errors.js';
import { isClustersNode, isRedisAway, isRedisRefused, whyRedisIsAway } from '../../queue/connection.js';
import { clustersNodeHint } from '../../queue/redis-info.js';
import { isPostgresAway, isPostgresRefused } from '../../store/postgres/database.js';
import { codesOf } from '../../store/postgres/error-codes.js';
import { Interrupted } from './interrupt.js';

export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** What a command that failed ends with, and what it says on standard error; an empty message has been said already. */
export type Failure = { exitCode: number; message: string };

export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return { exitCode: exitCodes.usage, message: '' };
  if (error instanceof Interrupted) return { exitCode: error.exitCode, message: error.message };
  const isUsage = [UsageError, KeyConflictError, CampaignExistsError].some((kind) => error instanceof kind);
  return { exitCode: isUsage ? exitCodes.usage : exitCodes.failed, message: `error: ${describeError(error)}` };
}

/** The message that the user of the command gets. Only an unexpected error is shown with its stack. */
export function describeError(error: unknown): string {
  if (error instanceof SiaranError) return error.message;
  if (isPostgresRefused(error)) return `Postgres refuses the connection${reason(error)}`;
  if (isClustersNode(error)) return clustersNodeHint;
  if (isRedisRefused(error)) return `Redis refuses the connection${reason(error)}`;
  if (isOutOfConnections(error)) return `Postgres has no connection left${reason(error)}`;
  if (isPostgresAway(error)) return `Postgres can't be reached${reason(error)}`;
  if (isRedisAway(error)) return `Redis can't be reached${reason(error)}`;
  if (error instanceof NoAnswerError) return `There was ${error.message}.`;
  if (isNotMigrated(error)) return "The database's schema is not that of this program. Run `siaran migrate` first.";
  return maskPhoneNumbersIn(isError(error) ? (error.stack ?? error.message) : String(error));
}

/** A command only says that it didn't get through to Redis: connecting says why. */
export async function explain(error: unknown, config: Config): Promise<unknown> {
  if (error instanceof SiaranError || isPostgresAway(error) || !isRedisAway(error)) return error;
  const why = await whyRedisIsAway(config);
  return why === undefined || isRedisRefused(why) ? (why ?? error) : new UnavailableError('Redis', why);
}

/** Whether Postgres is there, and lets nobody in any more. */
export function isOutOfConnections(error: unknown): boolean {
  const codes = codesOf(error);
  return codes.has('53300') || codes.has('TooManyConnections') || codes.has('P2037');
}

/** Prisma's names for a table or column that isn't there, and Postgres's. */
export function isNotMigrated(error: unknown): boolean {
  const codes = codesOf(error);
  return ['P2021', 'P2022', '42P01', '42703'].some((code) => codes.has(code));
}

const prismasWords = 'Message: `';

/** What Prisma says stands after an excerpt of our code; what ioredis says is about its options. */
function reason(error: unknown): string {
  const line = messageOf(error).trim().split('\n').at(-1) ?? '';
  if (/retries per request|connection is closed|redirections|startup nodes/i.test(line)) return '.';
  const begin = line.indexOf(prismasWords);
  return `: ${begin !== -1 && line.endsWith('`') ? line.slice(begin + prismasWords.length, -1) : line}`;
}
