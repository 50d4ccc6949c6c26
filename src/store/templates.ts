import { type Template, unapproved } from '../domain/templates/template.js';
import type { ToldTemplate } from '../domain/templates/told-template.js';
import { storableText } from '../domain/text/unstorable.js';
import type { TemplateListModel } from '../generated/prisma/models.js';
import { columns, exists, type Fragment, join, type Sql, sql } from './postgres/sql.js';

/** Whose templates were asked for, and what came of it. Instants are ISO 8601 in UTC. */
type TemplateList = { account: string; askedAt: string; toldAt: string | null; fault: string | null };

/** The templates that are kept, by account, name and language. */
export async function findTemplates(db: Sql, account?: string): Promise<Template[]> {
  const of = account === undefined ? sql`true` : sql`account = ${account}`;
  return read(db, sql`${of} ORDER BY account, name, language, template_detail_id`);
}

export async function findTemplate(db: Sql, account: string, templateDetailId: number): Promise<Template | undefined> {
  return (await read(db, sql`account = ${account} AND template_detail_id = ${templateDetailId}`))[0];
}

/** Those of these ids that are known, in one statement. */
export async function findTemplatesOf(
  db: Sql,
  ids: readonly Pick<Template, 'account' | 'templateDetailId'>[],
): Promise<Template[]> {
  if (ids.length === 0) return [];
  const pairs = ids.map(({ account, templateDetailId }) => sql`(${account}, ${templateDetailId}::int)`);
  return read(db, sql`(account, template_detail_id) IN (${join(pairs)})`);
}

/** Puts the whole list of an account's templates in the place of what Qiscus told before; what was added by hand stays if Qiscus has none of that id. */
export async function replaceTemplates(tx: Sql, account: string, told: readonly ToldTemplate[]): Promise<void> {
  // Of two that are told at the same time one comes after the other.
  await tx.$queryRaw`SELECT 1 FROM template_lists WHERE account = ${account} FOR UPDATE`;
  const ids = told.map(({ templateDetailId }) => templateDetailId);
  await tx.$executeRaw`
    DELETE FROM templates WHERE account = ${account} AND (source = 'qiscus' OR template_detail_id = ANY(${ids}::int[]))`;
  await insertTemplates(tx, account, told, 'qiscus');
  await tx.$executeRaw`
    UPDATE template_lists SET told_at = clock_timestamp(), fault = NULL WHERE account = ${account}`;
}

/** Keeps one that somebody has written down, in the place of what was written down of its id. @returns whether Qiscus has told none of that id */
export async function addTemplate(tx: Sql, account: string, template: ToldTemplate): Promise<boolean> {
  // Not while Qiscus's list is put in its place.
  await tx.$queryRaw`SELECT 1 FROM template_lists WHERE account = ${account} FOR UPDATE`;
  await tx.$executeRaw`
    DELETE FROM templates WHERE account = ${account} AND template_detail_id = ${template.templateDetailId} AND source = 'added'`;
  return (await insertTemplates(tx, account, [template], 'added')) === 1;
}

async function insertTemplates(
  tx: Sql,
  account: string,
  told: readonly ToldTemplate[],
  source: Template['source'],
): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO templates (account, template_detail_id, name, language, category, approval, rejection_reason, channel_id, namespace,
      columns, header, body, footer, buttons, source, told_at)
    SELECT ${account}, t."templateDetailId", t.name, t.language, t.category, t.approval, t."rejectionReason", t."channelId", t.namespace,
      ARRAY(SELECT jsonb_array_elements_text(t.columns)), t.header, t.body, t.footer, t.buttons, ${source}, clock_timestamp()
    FROM jsonb_to_recordset(${JSON.stringify(told, storable)}::jsonb) AS t("templateDetailId" int, name text, language text, category text, approval text,
      "rejectionReason" text, "channelId" int, namespace text, columns jsonb, header jsonb, body text, footer text, buttons jsonb)
    ON CONFLICT DO NOTHING`;
}

/** Postgres refuses NUL and half a character, and one template must not keep the others out. */
function storable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? storableText(value) : value;
}

async function read(db: Sql, which: Fragment): Promise<Template[]> {
  const rows = await db.$queryRaw<(Omit<Template, 'toldAt'> & { toldAt: Date })[]>`
    SELECT ${columns(`account template_detail_id name language category approval rejection_reason channel_id namespace columns header body footer
      buttons source told_at`)}
    FROM templates WHERE ${which}`;
  return rows.map(({ toldAt, ...row }) => ({ ...row, toldAt: toldAt.toISOString() }));
}

/**
 * Takes the turn to ask for these accounts' templates, of those that weren't asked for within this time, so that one process does it.
 * Returns them.
 */
export async function takeTurnToAsk(db: Sql, accounts: readonly string[], notWithinMs: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ account: string }[]>`
    INSERT INTO template_lists AS l (account, asked_at) SELECT name, clock_timestamp() FROM unnest(${accounts}::text[]) AS name
    ON CONFLICT (account) DO UPDATE SET asked_at = clock_timestamp(), fault = NULL
      WHERE l.asked_at < clock_timestamp() - ${notWithinMs} * interval '1 millisecond'
    RETURNING account`;
  return rows.map(({ account }) => account);
}

/** Whether somebody who took the turn to ask is still waiting for an answer. Who asked longer ago than this has died. */
export async function isBeingAsked(db: Sql, accounts: readonly string[], withinMs: number): Promise<boolean> {
  return exists(
    db,
    sql`
    SELECT FROM template_lists WHERE account = ANY(${accounts}::text[]) AND fault IS NULL
      AND (told_at IS NULL OR told_at < asked_at) AND asked_at > clock_timestamp() - ${withinMs} * interval '1 millisecond'`,
  );
}

export async function noteTemplateFault(db: Sql, account: string, fault: string): Promise<void> {
  await db.$executeRaw`UPDATE template_lists SET fault = ${fault} WHERE account = ${account}`;
}

export async function templateLists(db: Sql): Promise<TemplateList[]> {
  const rows = await db.$queryRaw<TemplateListModel[]>`
    SELECT ${columns('account asked_at told_at fault')} FROM template_lists ORDER BY account`;
  return rows.map(({ askedAt, toldAt, ...row }) => ({
    ...row,
    askedAt: askedAt.toISOString(),
    toldAt: toldAt?.toISOString() ?? null,
  }));
}

/** Those that may not be sent now, as far as is known. */
export async function unapprovedTemplates(db: Sql): Promise<Pick<Template, 'account' | 'templateDetailId'>[]> {
  return db.$queryRaw`
    SELECT ${columns('account template_detail_id')} FROM templates WHERE approval = ANY(${[...unapproved]}::text[])`;
}
