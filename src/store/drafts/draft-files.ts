import type { RawSql } from '../postgres/direct.js';

/** Which upload is appended to, and where. */
export type PartPlace = { draftId: string; uploadId: string; startsAt: number };

/**
 * Keeps the next part of a file. It and the file's new length come in one statement: a part that is sent twice, or by two at once,
 * goes in once. `false`: the file doesn't end there, or it is another one.
 */
export async function appendPart(
  db: RawSql,
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
export async function findPart(db: RawSql, uploadId: string, startsAt: number): Promise<Buffer | undefined> {
  const rows = await db.$queryRaw<{ content: Uint8Array }[]>`
    SELECT content FROM draft_parts WHERE upload_id = ${uploadId}::uuid AND starts_at = ${startsAt}::bigint`;
  const content = rows[0]?.content;
  return content && Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}
