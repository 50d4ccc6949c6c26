import { inspect, types } from 'node:util';

/** The base of every error of Siaran. */
export class SiaranError extends Error {
  /** The name of its class. */
  override readonly name: string = 'SiaranError';
  /** What happened, in capitals, such as `RUN_PAUSED`: stable, to branch on. */
  readonly code: string;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** `USAGE`: a variable, an option or a file's header is wrong. Nothing was done; the message says what to change. */
export class UsageError extends SiaranError {
  override readonly name = 'UsageError';

  constructor(message: string, options: { cause?: unknown } = {}) {
    super('USAGE', message, options);
  }
}

/** `NOT_FOUND`: there is no such run, batch, campaign or draft. */
export class NotFoundError extends SiaranError {
  override readonly name = 'NotFoundError';

  constructor(
    what:
      | 'run'
      | 'run with the key'
      | 'batch'
      | 'run or batch'
      | 'campaign'
      | 'import'
      | 'session'
      | 'token'
      | 'user'
      | 'draft',
    id: string,
  ) {
    super('NOT_FOUND', `There is no ${what} ${JSON.stringify(id)}.`);
  }
}

/** `KEY_CONFLICT`: the key belongs to a run with other settings. Nothing was done. */
export class KeyConflictError extends SiaranError {
  override readonly name = 'KeyConflictError';
  /** The run that the key belongs to. */
  readonly runId: string;
  /** Each setting that differs, as a text with both values. */
  readonly differences: readonly string[];

  constructor(key: string, runId: string, differences: readonly string[]) {
    super(
      'KEY_CONFLICT',
      `The key ${JSON.stringify(key)} belongs to run ${runId}, which differs: ${differences.join('; ')}.`,
    );
    this.runId = runId;
    this.differences = differences;
  }
}

/** `CAMPAIGN_EXISTS`: a campaign of this name exists with other settings. Nothing was done. */
export class CampaignExistsError extends SiaranError {
  override readonly name = 'CampaignExistsError';
  /** Each setting that differs, as a text with both values. */
  readonly differences: readonly string[];

  constructor(campaign: string, differences: readonly string[]) {
    super(
      'CAMPAIGN_EXISTS',
      `There is a campaign ${JSON.stringify(campaign)} that differs: ${differences.join('; ')}. Change it with siaran campaign edit, or take another name. Remove it first only if this is to be a new campaign.`,
    );
    this.differences = differences;
  }
}

/** `CAMPAIGN_CHANGED`: the campaign has another version than the caller saw. Nothing was done. */
export class CampaignChangedError extends SiaranError {
  override readonly name = 'CampaignChangedError';
  /** The version that it has now. */
  readonly version: number;

  constructor(campaign: string, seen: number, version: number) {
    super(
      'CAMPAIGN_CHANGED',
      `Campaign ${JSON.stringify(campaign)} was changed meanwhile: you saw version ${seen}, it has version ${version} now. Nothing was done; look at it again.`,
    );
    this.version = version;
  }
}

/** `CHANGED_MEANWHILE`: an operator or a worker changed it after the caller looked. Nothing was done. */
export class ChangedMeanwhileError extends SiaranError {
  override readonly name = 'ChangedMeanwhileError';
  /** How it is now, where that is known. */
  current?: unknown;

  /** @param what with which the sentence begins: `Run r1` */
  constructor(what: string) {
    super('CHANGED_MEANWHILE', `${what} has changed since you looked, and nothing was done. Look at it again.`);
  }
}

/** Why a run refuses a call: the codes of a `RunStateError`. */
export type RunStateCode =
  | 'RUN_PREPARING'
  | 'TOO_MANY_REJECTED'
  | 'RUN_PAUSED'
  | 'RUN_CANCELLED'
  | 'RUN_COMPLETE'
  | 'RUN_PURGED'
  | 'RUN_TOO_LARGE'
  | 'RUN_LOST_RECIPIENTS'
  | 'SOURCE_CLOSED'
  | 'RESENDING'
  | 'RUN_UNAPPROVED'
  | 'NOTHING_TO_APPROVE'
  | 'OWN_RUN';

/** The run is in a state in which it refuses the call; the code says which. Nothing was done. */
export class RunStateError extends SiaranError {
  override readonly name = 'RunStateError';
  declare readonly code: RunStateCode;
  /** The run's id. */
  readonly runId: string;

  constructor(code: RunStateCode, runId: string, message: string) {
    super(code, message);
    this.runId = runId;
  }
}

/**
 * `INTAKE_LOST`: Redis lost the buffer, another call enqueued the same source, or an operator closed it. Retryable: enqueueing
 * the same recipients again is safe and fills the gap.
 */
export class IntakeLostError extends SiaranError {
  override readonly name = 'IntakeLostError';

  constructor(message: string) {
    super('INTAKE_LOST', message, { retryable: true });
  }
}

/**
 * `AUDIENCE`: a campaign's audience can't be read to its end: a file is missing or broken, a query fails, or a function throws.
 * Retryable if the database can't be reached for now.
 */
export class AudienceError extends SiaranError {
  override readonly name = 'AudienceError';

  constructor(message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super('AUDIENCE', message, options);
  }
}

/** `UNAVAILABLE`: Redis or Postgres can't be reached, or can't do it now, for longer than the call waits. Retryable. */
export class UnavailableError extends SiaranError {
  override readonly name = 'UnavailableError';
  /** Which of them. */
  readonly service: 'Redis' | 'Postgres';

  constructor(
    service: 'Redis' | 'Postgres',
    cause: unknown,
    message = `${service} can't be reached: ${messageOf(cause)}`,
  ) {
    super('UNAVAILABLE', message, { cause, retryable: true });
    this.service = service;
  }
}

/** `REFUSED`: Redis or Postgres answers and lets Siaran not in, or not do it: the login, a right, or the database is missing. */
export class RefusedError extends SiaranError {
  override readonly name = 'RefusedError';
  /** Which of them. */
  readonly service: 'Redis' | 'Postgres';

  constructor(service: 'Redis' | 'Postgres', message: string, cause: unknown) {
    super('REFUSED', message, { cause });
    this.service = service;
  }
}

/**
 * `UNCONFIRMED`: Siaran has begun what must not be done twice, such as to start a run, and can't tell whether or how far it was done. Retryable
 * if the same call gives that run, and no second one; else look at what there is before you call again.
 */
export class UnconfirmedError extends SiaranError {
  override readonly name = 'UnconfirmedError';
  /** The id that the run has, if it was started; absent: that isn't known either. */
  readonly runId: string | undefined;

  /** @param what is not known, as `run r1 was started` @param advice what to do, in whole sentences */
  constructor(
    what: string,
    { runId, advice, retryable, cause }: { runId?: string; advice: string; retryable: boolean; cause: unknown },
  ) {
    const told = `Nobody knows whether ${what}. ${messageOf(cause)}`;
    super('UNCONFIRMED', `${told.trimEnd().replace(/\.$/, '')}. ${advice}`, { cause, retryable });
    this.runId = runId;
  }
}

/** How much of each message is looked at: one may repeat a whole statement, or what a client sent. */
const mostOfMessage = 10_000;

/** An error's name, code and message with those of its causes, for telling errors apart that others define. */
export function errorChain(error: unknown): string {
  const parts = causesOf(error).flatMap((each) => {
    const { code, meta } = each as { code?: unknown; meta?: unknown };
    // Prisma's details of an error; those of others may lead back to themselves.
    return [each.name, code ?? '', each.message, meta === undefined ? '' : inspect(meta, { depth: 5 })];
  });
  return parts.map((part) => String(part).slice(0, mostOfMessage)).join(' ');
}

/** An error and its causes, a few of them: they may lead back to it. */
export function causesOf(error: unknown): Error[] {
  const found: Error[] = [];
  for (let at = error; isError(at) && found.length < 5; at = at.cause) found.push(at);
  return found;
}

/** Whether a server's certificate isn't trusted, not for its name, or out of date: Node's codes, and its words for them. */
export function isCertificateError(error: unknown): boolean {
  return /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)_|\bCERT_|ALTNAME_INVALID|self-signed certificate|unable to (verify|get) (?:the |local )?(?:first |issuer )?certificate|certificate (has expired|is not yet valid)|altnames/i.test(
    errorChain(error),
  );
}

/** `instanceof Error` misses errors of another realm, which Node's own are to a program that runs in a VM context. */
export function isError(error: unknown): error is Error {
  return error instanceof Error || types.isNativeError(error);
}

export function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}
