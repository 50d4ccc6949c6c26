import { CommanderError } from 'commander';
import type { Config } from '../../config/config.js';
import { maskPhoneNumbersIn } from '../../domain/numbers/mask-number.js';
import { NoAnswerError } from '../../domain/timing/within.js';
import { CampaignExistsError, isError, KeyConflictError, SiaranError, UsageError } from '../../errors.js';
import { explainServiceError, serviceErrorOf, unexpected } from '../../pipeline/service-error.js';
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
  if (error instanceof SiaranError)
    return error.code === unexpected && error.cause !== undefined ? describeError(error.cause) : error.message;
  if (error instanceof NoAnswerError) return `There was ${error.message}.`;
  const told = serviceErrorOf(error);
  if (told && told.code !== unexpected) return told.message;
  return maskPhoneNumbersIn(isError(error) ? (error.stack ?? error.message) : String(error));
}

/** A command only says that it didn't get through to Redis: connecting says why. */
export async function explain(error: unknown, config: Config): Promise<unknown> {
  if (error instanceof SiaranError) return error;
  return (await explainServiceError(error, config)) ?? error;
}
