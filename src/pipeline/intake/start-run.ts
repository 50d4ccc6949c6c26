import type { Context } from '../../context.js';
import { type CatchUp, isCatchUp } from '../../domain/campaigns/firing.js';
import { show } from '../../domain/delivery/delivery.js';
import { isLabel } from '../../domain/runs/label.js';
import { reservedKeyFault } from '../../domain/runs/reserved-key.js';
import { type RunSettings, settingDifferences } from '../../domain/runs/run.js';
import { readSending, type SendingOptions, type SendingRequest } from '../../domain/runs/sending.js';
import type { TemplateRequest } from '../../domain/templates/template-request.js';
import { instant } from '../../domain/text/judge-value.js';
import { parseDuration } from '../../domain/timing/duration.js';
import { farStartWarning, lateStartFault } from '../../domain/timing/late-start.js';
import { parseStartAt } from '../../domain/timing/start-at.js';
import { KeyConflictError, UsageError } from '../../errors.js';
import { currentTime } from '../../store/postgres/database.js';
import { findRunByKey, forceRun, type RunRow } from '../../store/runs.js';
import { refuseOtherDatabase } from '../own-prefix.js';
import { patiently } from '../patience.js';
import { assertAccount, requireAccount } from '../require-account.js';
import { applyTemplate, refuseKnownFaults } from '../templates/apply-template.js';
import { beginTrace } from '../traced.js';
import { type Content, createRun, type QuickCreation } from './create-run.js';

declare const columnsOfRun: unique symbol;

/** A run's id; its type remembers the run's columns, so that `enqueue` can check its recipients. */
export type RunId<Column extends string = string> = string & { readonly [columnsOfRun]?: Column };

/** What to send, and how, as a caller writes it. */
export type RunRequest<Column extends string = string> = SendingOptions<Column> & TemplateRequest & RunOptions;

/** What a run has and a campaign hasn't. */
type RunOptions = {
  /** Makes starting idempotent: the same key gives the same run. Default: each call starts another run. */
  key?: string;
  /** When Qiscus starts to send: an instant, or ISO 8601 with an offset or in `timeZone`. Default: at once. */
  startAt?: Date | string;
  /** Takes a `startAt` that passed more than five minutes ago, which is refused otherwise. It isn't stored. Default false. */
  lateOk?: boolean;
  /** `skip`: the run fails if nothing of it could be handed over within five minutes of `startAt`. Default: it is sent late. */
  catchUp?: CatchUp;
  /** How long a row waits for its batch to fill up, such as `30s`; then the batch goes out as it is. Default: until it is full or the run sealed. */
  flushAfter?: string;
};

/** A run that was started, or found by its key. */
export type StartedRun<Column extends string = string> = {
  /** Its id, for all other calls. */
  id: RunId<Column>;
  /** The key that it was started with. */
  key: string | null;
  /** The broadcast's name at Qiscus. */
  name: string;
  /** Whether the key was used before and gave this run. */
  existed: boolean;
};

/**
 * Starts a run, or finds the one that its key gave before.
 * @throws {UsageError} naming each wrong setting, or a start that has passed. @throws {KeyConflictError} when the key's run has
 * other settings.
 */
export function startRun<const Column extends string>(
  ctx: Context,
  request: RunRequest<Column>,
): Promise<StartedRun<Column>> {
  return startRunWith(ctx, request, undefined);
}

/** @param quickly is tried before, if it is given. */
export async function startRunWith<const Column extends string>(
  ctx: Context,
  request: RunRequest<Column>,
  content: Content | undefined,
  quickly?: QuickCreation,
): Promise<StartedRun<Column>> {
  if (quickly === undefined) await refuseKnownFaults(ctx, request);
  const settings = readSettings((await applyTemplate(ctx, request)).request);
  await refuseOtherDatabase(ctx);
  await patiently(ctx, () => requireAccount(ctx, settings.account));
  const warning = await judgeStart(ctx, request, settings.startAt);
  const started = await startWith<Column>(ctx, request.key ?? null, settings, content, quickly);
  if (!started.existed && warning !== undefined) ctx.logger.warn({ runId: started.id }, warning);
  return started;
}

/** The same, with settings that were read before. @throws {KeyConflictError} */
export async function startWith<Column extends string>(
  ctx: Context,
  key: string | null,
  settings: RunSettings,
  content: Content | undefined,
  quickly?: QuickCreation,
): Promise<StartedRun<Column>> {
  const created = await createRun(ctx, key, settings, content, quickly);
  if (created.isNew) {
    await beginTrace(ctx, created.id);
    return { id: created.id, key, name: settings.name, existed: false };
  }
  const { run } = created;
  refuseOther(run, settings);
  if (settings.delivery.individual?.force) await forceRun(ctx.db, run.id);
  return { id: run.id, key, name: run.name, existed: true };
}

/** Refuses what `startRun` would refuse, and starts nothing. Returns the run that it would find. */
export async function checkRun(ctx: Context, request: RunRequest): Promise<RunRow | undefined> {
  await refuseKnownFaults(ctx, request);
  const settings = readSettings((await applyTemplate(ctx, request)).request);
  await assertAccount(ctx, settings.account);
  await judgeStart(ctx, request, settings.startAt);
  const known = request.key === undefined ? null : await findRunByKey(ctx.db, request.key);
  if (known) refuseOther(known, settings);
  return known ?? undefined;
}

/**
 * What looks wrong about a start, if anything. A run that was begun in time is completed however late it is.
 * @throws {UsageError} when a new run's start has passed.
 */
async function judgeStart(
  ctx: Context,
  { key, lateOk, timeZone }: RunRequest,
  startAt: Date | null,
): Promise<string | undefined> {
  if (startAt === null) return undefined;
  const now = await patiently(ctx, () => currentTime(ctx.db));
  const fault = lateOk ? undefined : lateStartFault(startAt, now, timeZone);
  if (fault === undefined) return farStartWarning(startAt, now, timeZone);
  const known = key === undefined ? null : await patiently(ctx, () => findRunByKey(ctx.db, key));
  if (!known) throw new UsageError(`The run can't be started: ${fault}`);
  return undefined;
}

/** @throws {KeyConflictError} when the run that a key gave before has other settings. */
export function refuseOther(run: RunRow, settings: RunSettings): void {
  const differences = settingDifferences(compared(settingsOf(run)), compared(settings));
  if (differences.length > 0) throw new KeyConflictError(run.key ?? '', run.id, differences);
}

/** `force` may be added after a refusal for too many messages, and a start may be written with another time zone. */
function compared(settings: RunSettings): RunSettings {
  const { delivery } = settings;
  const individual = delivery.individual && { ...delivery.individual, force: false };
  return { ...settings, timeZone: null, delivery: { ...delivery, individual } };
}

/** What a run was started with. */
export function settingsOf(run: RunRow): RunSettings {
  const { name, account, templateDetailId, columns, separator, values, maxRejected, retryAfterFailure } = run;
  const { startAt, timeZone, flushAfterMs, delivery, skipMissed } = run;
  return {
    ...{ name, account, templateDetailId, columns, separator, values, maxRejected, retryAfterFailure },
    ...{ startAt, timeZone, flushAfterMs, delivery, skipMissed },
  };
}

function readSettings(request: SendingRequest & RunOptions): RunSettings {
  const { settings, faults } = readRunSettings(request);
  if (faults.length > 0)
    throw new UsageError(`The run can't be started:\n${faults.map((text) => `  ${text}`).join('\n')}`);
  return settings;
}

/** The ledger keeps a whole number of milliseconds of 31 bits. */
const longestFlushMs = 24 * 86_400_000;

/** What a run is to be like; `faults` is a sentence for each setting that is wrong. */
export function readRunSettings(request: SendingRequest & RunOptions): { settings: RunSettings; faults: string[] } {
  const { sending, faults } = readSending(request);
  const { key, startAt, lateOk, flushAfter, catchUp = 'latest' } = request;
  if (key !== undefined && !isLabel(key)) faults.push('key must be a text of 1 to 200 characters in one line.');
  const reserved = key === undefined ? undefined : reservedKeyFault(String(key));
  if (reserved !== undefined) faults.push(reserved);
  const start = readStartAt(startAt, request.timeZone);
  // A time zone that is wrong is named already.
  if (!start.ok && !faults.some((fault) => fault.includes(start.reason)))
    faults.push(`startAt: ${start.reason}; write an instant such as 2027-12-01T09:00:00+07:00.`);
  if (lateOk !== undefined && typeof lateOk !== 'boolean')
    faults.push(`lateOk is ${JSON.stringify(lateOk)}; write true or false.`);
  const flushAfterMs = flushAfter === undefined ? null : (parseDuration(flushAfter) ?? Number.NaN);
  if (flushAfterMs !== null && !(flushAfterMs <= longestFlushMs))
    faults.push(`flushAfter is ${show(flushAfter)}; write a duration such as 30s, and 24d at most.`);
  if (!isCatchUp(catchUp)) faults.push(`catchUp is ${JSON.stringify(catchUp)}; it is skip, latest or all.`);
  if (catchUp === 'skip' && startAt === undefined)
    faults.push('catchUp is "skip", which is for a run with a startAt that can be missed.');
  const when = { startAt: start.ok ? start.at : null, timeZone: request.timeZone ?? null };
  return { settings: { ...sending, ...when, flushAfterMs, skipMissed: catchUp === 'skip' }, faults };
}

function readStartAt(
  startAt: Date | string | undefined,
  timeZone: string | undefined,
): { ok: true; at: Date | null } | { ok: false; reason: string } {
  if (startAt === undefined) return { ok: true, at: null };
  if (typeof startAt === 'string') return parseStartAt(startAt, timeZone);
  if (!(startAt instanceof Date)) return { ok: false, reason: `${JSON.stringify(startAt)} is no date` };
  if (instant(startAt) === undefined) return { ok: true, at: startAt };
  const shown = Number.isNaN(startAt.getTime()) ? 'it' : startAt.toISOString();
  return { ok: false, reason: `${shown} is no date of the years 1 to 9999` };
}
