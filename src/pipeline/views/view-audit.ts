import type { Context } from '../../context.js';
import { type AuditAction, auditActions } from '../../domain/audit/audit-actions.js';
import { describeAudit } from '../../domain/audit/describe-audit.js';
import { writeSpreadsheetCsv } from '../../domain/runs/csv.js';
import { choice, faultOfValue, instant, type Judge, text } from '../../domain/text/judge-value.js';
import { unknownSetting } from '../../domain/text/nearest-name.js';
import { UsageError } from '../../errors.js';
import { type AuditEntry, type AuditFilter, auditEntries } from '../../store/audit-log.js';
import { auditSubjects } from '../../store/views/audit-subjects.js';
import { digestsOf, noteAudit } from '../audited.js';
import { readPhoneNumber } from './find-recipient.js';

/** Which entries of the audit log are asked for: those that fit all that is given. */
export type AuditQuery = {
  /** Who did it. */
  actor?: string | undefined;
  /** What was done, such as `resolve`. */
  action?: AuditAction | undefined;
  /** The id of a run, also for its batches, or of a batch; or a campaign's name. */
  target?: string | undefined;
  /** A phone number that it was about. */
  number?: string | undefined;
  /** From then on. */
  since?: Date | undefined;
  /** Before then. */
  until?: Date | undefined;
};

/** An entry of the audit log, and the same as a sentence. */
export type AuditView = AuditEntry & {
  /** Who did what to which run or batch, in words. */
  text: string;
};

const statementRows = 1_000;

/** The compiler sees to it that none is forgotten. */
const judges: Readonly<Record<keyof AuditQuery, Judge>> = {
  ...{ actor: text, action: choice(auditActions), target: text, number: text, since: instant, until: instant },
};

/**
 * A page of the audit log, newest first. That somebody asks about a number stands in the log too. @param before an entry's id: only older ones. @throws {UsageError} that names what of the query
 * is wrong, or isn't known.
 */
export async function viewAudit(ctx: Context, query: AuditQuery, limit: number, before?: bigint): Promise<AuditView[]> {
  const entries = await auditEntries(ctx.db, limit, { ...(await filterOf(ctx, query)), before });
  const subjects = await auditSubjects(
    ctx.db,
    entries.map(({ target }) => target),
  );
  // Nothing of it is told before that is kept; once, however many pages there are.
  if (query.number !== undefined && before === undefined)
    await noteAudit(ctx, { action: 'look up', detail: { where: 'audit log' }, numbers: [query.number] });
  return entries.map((entry) => ({
    ...entry,
    text: describeAudit(entry, subjects.get(entry.target) ?? { name: null, people: null }),
  }));
}

/** All that fits, newest first, a thousand at a time. @throws {UsageError} as `viewAudit` */
export async function* listAudit(ctx: Context, query: AuditQuery): AsyncGenerator<AuditView[]> {
  for (let before: bigint | undefined; ; ) {
    const page = await viewAudit(ctx, query, statementRows, before);
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < statementRows) return;
    before = BigInt(last.id);
  }
}

const heads = ['at', 'actor', 'actorKind', 'action', 'target', 'status', 'text', 'detail'] as const;

/** All that fits as the text of a CSV file for people's spreadsheets, page by page. */
export async function* auditCsv(ctx: Context, query: AuditQuery): AsyncGenerator<string> {
  yield writeSpreadsheetCsv([heads]);
  for await (const page of listAudit(ctx, query))
    if (page.length > 0) yield writeSpreadsheetCsv(page.map((entry) => heads.map((head) => cellOf(entry[head]))));
}

function cellOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

async function filterOf(ctx: Context, asked: AuditQuery): Promise<AuditFilter> {
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined) continue;
    // What nobody looks at would narrow nothing.
    const fault = Object.hasOwn(judges, name)
      ? faultOfValue(name, value, judges[name as keyof AuditQuery])
      : unknownSetting('audit', name, Object.keys(judges));
    if (fault !== undefined) throw new UsageError(fault);
  }
  const { number: written, ...query } = asked;
  if (written === undefined) return query;
  const [number] = await digestsOf(ctx.db, ctx.config.defaultCountry, [readPhoneNumber(ctx, written)]);
  return { ...query, number };
}
