import type { Context } from '../context.js';
import type { AuditAction } from '../domain/audit/audit-actions.js';
import { identityOf } from '../domain/numbers/number-identity.js';
import { compilePhoneNumberReader } from '../domain/numbers/phone-number.js';
import { NotFoundError, SiaranError, UsageError } from '../errors.js';
import {
  type ActorKind,
  addAudit,
  beginAudit,
  endAudit,
  type NewAuditEntry,
  numberDigests,
} from '../store/audit-log.js';
import type { Sql } from '../store/postgres/sql.js';
import { patiently } from './patience.js';

/** Something that a person or program does, as the audit log keeps it. */
type Act = {
  action: AuditAction;
  /** What it is done to: the id of a run or batch, or the name of a campaign. Default: nothing in particular. */
  target?: string;
  /** What was decided. It tells no number and nothing of a message. */
  detail?: object | undefined;
  /** Phone numbers that it is about, as they were written: kept as digests. */
  numbers?: Iterable<string | number>;
  /** Set if it waits for a Postgres that is away, as what producers do. Otherwise it fails at once. */
  isPatient?: true;
  /** Who does it. Default: `SIARAN_ACTOR`. */
  by?: string | undefined;
  /** What they are. Default: whoever runs the program. */
  actorKind?: ActorKind | undefined;
};

/** More of them are not kept with one entry. */
const mostNumbers = 1_000;

/** Does something that the audit log keeps: before it is done, so that nothing is done which isn't kept, and what came of it afterwards. */
export async function audited<T>(ctx: Context, act: Act, work: () => Promise<T>): Promise<T> {
  const begin = async () => beginAudit(ctx.db, await entryOf(ctx, act));
  const id = await patiently(ctx, begin, act.isPatient ? undefined : 0);
  try {
    const result = await work();
    await end(ctx, id, 200);
    return result;
  } catch (error) {
    await end(ctx, id, statusOf(error));
    throw error;
  }
}

/** Keeps what has no outcome of its own: it is done already, or only looks. */
export async function noteAudit(ctx: Context, act: Omit<Act, 'isPatient'>): Promise<void> {
  await patiently(ctx, async () => addAudit(ctx.db, await entryOf(ctx, act)));
}

async function entryOf(
  ctx: Context,
  { action, target = '', detail = {}, numbers = [], by = ctx.config.actor, actorKind }: Act,
): Promise<NewAuditEntry> {
  return {
    actor: String(by).slice(0, 200),
    ...(actorKind && { actorKind }),
    action,
    target: String(target).slice(0, 200),
    detail,
    numbers: await digestsOf(ctx.db, ctx.config.defaultCountry, numbers),
  };
}

/** The digests of phone numbers as they were written. Text that is no phone number gets no digest. */
export async function digestsOf(
  db: Sql,
  country: Context['config']['defaultCountry'],
  written: Iterable<string | number>,
): Promise<string[]> {
  const read = compilePhoneNumberReader(country);
  const identities = new Set<string>();
  for (const number of written) {
    const reading = read(String(number));
    if (reading.ok) identities.add(identityOf(reading.digits));
    if (identities.size >= mostNumbers) break;
  }
  return numberDigests(db, [...identities]);
}

/** What was done is done: an outcome that can't be kept fails nothing. */
async function end(ctx: Context, id: bigint, status: number): Promise<void> {
  await endAudit(ctx.db, id, status).catch((err) =>
    ctx.logger.warn({ err, entryId: String(id) }, 'what came of this change is not in the audit log'),
  );
}

/** As HTTP would answer. */
function statusOf(error: unknown): number {
  if (error instanceof UsageError) return 400;
  if (error instanceof NotFoundError) return 404;
  return error instanceof SiaranError ? 409 : 500;
}
