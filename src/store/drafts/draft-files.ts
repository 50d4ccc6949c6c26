import type { Sql } from '../postgres/sql.js';

/** Which upload is appended to, and where. */
type PartPlace = { draftId: string; uploadId: string; startsAt: number };

/**
 * Keeps the next part of a file. It and the file's new length come in one statement: a part that is sent twice, or by two at once,
 * goes in once. `false`: the file doesn't end there, or it is another one.
 */
export async function appendPart(
  db: Sql,
  { draftId, uploadId, startsAt }: PartPlace,
  content: Buffer,
): Promise<boolean> {
  const kept = await db.$executeRaw`
    /* a part of a file is kept */ WITH grown AS (
      UPDATE drafts SET received_bytes = received_bytes + ${content.length}::int, updated_at = clock_timestamp()
      WHERE id = ${draftId}::uuid AND state = 'open' AND upload_id = ${uploadId}::uuid AND NOT is_complete AND received_bytes = ${startsAt}::bigint
      RETURNING id, upload_id)
    INSERT INTO draft_parts (upload_id, draft_id, starts_at, content) SELECT upload_id, id, ${startsAt}::bigint, ${content}::bytea FROM grown`;
  return kept === 1;
}

/** The part of a file that begins there; `undefined`: there is none any more. */
export async function findPart(db: Sql, uploadId: string, startsAt: number): Promise<Buffer | undefined> {
  const rows = await db.$queryRaw<{ content: Uint8Array }[]>`
    SELECT content FROM draft_parts WHERE upload_id = ${uploadId}::uuid AND starts_at = ${startsAt}::bigint`;
  const content = rows[0]?.content;
  return content && Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

/** What a file ends with so far. A part may be of few bytes, as a connection broke off: then those before it belong to the end, too. */
export async function endOfFile(db: Sql, uploadId: string, mostBytes: number): Promise<Buffer> {
  const rows = await db.$queryRaw<{ tail: Uint8Array | null }[]>`
    SELECT string_agg(tail, ''::bytea ORDER BY starts_at) AS tail FROM (
      SELECT starts_at, substring(content FROM greatest(1, length(content) - ${mostBytes}::int + 1)) AS tail FROM draft_parts
      WHERE upload_id = ${uploadId}::uuid ORDER BY starts_at DESC LIMIT ${mostBytes}) AS last`;
  return Buffer.from(rows[0]?.tail ?? []).subarray(-mostBytes);
}

/** A file of an open draft, as far as it is here. */
export type KeptFile = { id: string; name: string; uploadId: string; receivedBytes: number; isComplete: boolean };

/** The files of all drafts that nobody has confirmed. */
export async function keptFiles(db: Sql): Promise<KeptFile[]> {
  return db.$queryRaw<KeptFile[]>`
    SELECT id::text, name, upload_id::text AS "uploadId", received_bytes::int AS "receivedBytes", is_complete AS "isComplete"
    FROM drafts WHERE state = 'open' AND upload_id IS NOT NULL ORDER BY created_at, id`;
}

/** Takes its file away from an open draft, which tells why. `false`: it has another one by now, or is confirmed. */
export async function takeFileAway(
  tx: Sql,
  { id, uploadId }: Pick<KeptFile, 'id' | 'uploadId'>,
  why: string,
): Promise<boolean> {
  const taken = await tx.$executeRaw`
    /* a list is forgotten */ UPDATE drafts SET upload_id = NULL, file_name = NULL, file_bytes = NULL, received_bytes = 0, is_complete = false,
      heads = '{}', mapping = '{}', checked = NULL, check_token = NULL, check_fault = ${why}, version = version + 1, updated_at = clock_timestamp()
    WHERE id = ${id}::uuid AND upload_id = ${uploadId}::uuid AND state = 'open'`;
  if (taken === 1) await tx.$executeRaw`DELETE FROM draft_parts WHERE draft_id = ${id}::uuid`;
  return taken === 1;
}
