import { randomInt } from 'node:crypto';
import type { Context } from '../context.js';
import { parseDuration } from '../domain/duration.js';
import { checkColumns } from '../domain/recipient.js';
import { type RunSettings, type Separator, settingDifferences } from '../domain/run.js';
import { parseStartAt } from '../domain/start-at.js';
import { KeyConflictError, NotFoundError, UsageError } from '../errors.js';
import { findRun, findRunByKey, insertRun, type RunRow } from '../store/runs.js';
import { patiently } from './patience.js';

declare const columnsOfRun: unique symbol;

/** A run's id; its type remembers the run's columns, so that `enqueue` can check its recipients. */
export type RunId<Column extends string = string> = string & { readonly [columnsOfRun]?: Column };

export type RunRequest<Column extends string = string> = {
  /** Makes starting idempotent: the same key gives the same run. */
  key?: string;
  /** The broadcast's name, as people at Qiscus will see it behind the batch's reference. */
  name: string;
  templateDetailId: number;
  /** The header of the template's sample CSV; `phone_number` is a must. */
  columns: readonly Column[];
  /** Of the CSV file that is sent. Default `,`. */
  separator?: Separator;
  /** When the provider starts sending: an instant, or ISO 8601 with an offset. Absent: at once. */
  startAt?: Date | string;
  account?: string;
  /** For producers that trickle: a batch whose oldest row is older goes out although it isn't full. Such as `30s`. */
  flushAfter?: string;
};

export type StartedRun<Column extends string = string> = {
  id: RunId<Column>;
  key: string | null;
  name: string;
  /** Whether the key was used before and gave this run. */
  existed: boolean;
};

/**
 * Starts a run, or finds the one that its key gave before.
 * @throws {UsageError} naming each wrong setting. @throws {KeyConflictError} when the key's run has other settings.
 */
export async function startRun<const Column extends string>(
  ctx: Context,
  request: RunRequest<Column>,
): Promise<StartedRun<Column>> {
  const settings = readSettings(request);
  const key = request.key ?? null;
  const created = await patiently(ctx, () => createRun(ctx, key, settings));
  if (created) return { id: created.id, key, name: created.name, existed: false };
  const existing = await findRunByKey(ctx.db, key ?? '');
  if (!existing) throw new Error(`run with the key ${key} is neither new nor known`);
  const differences = settingDifferences(settingsOf(existing), settings);
  if (differences.length > 0) throw new KeyConflictError(key ?? '', existing.id, differences);
  return { id: existing.id, key, name: existing.name, existed: true };
}

export async function requireRun(ctx: Context, id: string): Promise<RunRow> {
  const run = await findRun(ctx.db, id);
  if (!run) throw new NotFoundError('run', id);
  return run;
}

async function createRun(ctx: Context, key: string | null, settings: RunSettings): Promise<RunRow | undefined> {
  for (;;) {
    const created = await insertRun(ctx.db, newRunId(), key, settings);
    // Without a key, only the id itself can have been taken.
    if (created || key !== null) return created;
  }
}

/** `r` and eight letters or digits that can't be mistaken for each other (Crockford's Base32): 40 bits. */
function newRunId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return `r${Array.from({ length: 8 }, () => alphabet[randomInt(32)]).join('')}`;
}

function settingsOf(run: RunRow): RunSettings {
  const { name, account, templateDetailId, columns, separator, startAt, flushAfterMs } = run;
  return { name, account, templateDetailId, columns, separator, startAt, flushAfterMs };
}

function readSettings(request: RunRequest): RunSettings {
  const faults: string[] = [];
  const fault = (text: string) => {
    faults.push(text);
    return null;
  };
  const { name, templateDetailId, columns, separator = ',', account = 'default', key } = request;
  if (!isLabel(name)) fault('name must be a text of 1 to 200 characters.');
  if (key !== undefined && !isLabel(key)) fault('key must be a text of 1 to 200 characters.');
  if (!Number.isInteger(templateDetailId) || templateDetailId < 1 || templateDetailId > 2 ** 31 - 1)
    fault(
      `templateDetailId is ${JSON.stringify(templateDetailId)}; it is the whole number on the template's page at Qiscus, such as 172.`,
    );
  if (separator !== ',' && separator !== ';')
    fault(`separator is ${JSON.stringify(separator)}; Qiscus takes "," or ";".`);
  if (account !== 'default') fault(`account is ${JSON.stringify(account)}; there is only "default".`);
  if (Array.isArray(columns)) faults.push(...checkColumns(columns));
  else fault('columns must be an array of column names.');
  const startAt = readStartAt(request.startAt);
  if (startAt === undefined)
    fault(`startAt is ${JSON.stringify(request.startAt)}; write an instant such as 2026-12-01T09:00:00+07:00.`);
  const flushAfterMs =
    request.flushAfter === undefined
      ? null
      : (parseDuration(request.flushAfter) ?? fault('flushAfter must be a duration such as 30s.'));
  if (faults.length > 0)
    throw new UsageError(`The run can't be started:\n${faults.map((text) => `  ${text}`).join('\n')}`);
  return { name, account, templateDetailId, columns, separator, startAt: startAt ?? null, flushAfterMs };
}

/** Postgres takes no NUL in a text. */
export function isLabel(text: unknown): text is string {
  return typeof text === 'string' && text.trim() !== '' && text.length <= 200 && !text.includes('\0');
}

function readStartAt(startAt: Date | string | undefined): Date | null | undefined {
  if (startAt === undefined) return null;
  if (startAt instanceof Date) return Number.isNaN(startAt.getTime()) ? undefined : startAt;
  const reading = parseStartAt(startAt, undefined);
  return reading.ok ? reading.at : undefined;
}
