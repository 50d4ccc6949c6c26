import type { ToldStatus } from '../domain/statuses/callback.js';
import type { Sql } from './postgres/sql.js';

/** Whether it changed anything. */
export type RaisedMessage = { messageId: string; phoneNumber: string | null; changed: boolean };

/** What is told of how far a message has come, or of its failure. */
export type Told = Pick<ToldStatus, 'messageId' | 'status' | 'at' | 'notes' | 'code'>;

/**
 * Notes how far messages have come, and which failed. Whatever the order in which it is told, and however often, the end is the
 * same: the furthest status stands, of equals the earliest; and beside it the earliest failure. Returns the messages that have a
 * log; the others change nothing.
 */
export function raiseStatuses(tx: Sql, told: readonly Told[]): Promise<RaisedMessage[]> {
  return tx.$queryRaw<RaisedMessage[]>`SELECT * FROM raise_statuses(${toldText(told)}::jsonb, NULL)`;
}

/**
 * The same in a transaction of its own, without messages that have to be looked for first: those that have no log, are another account's,
 * or were on their way earlier than was known when their broadcast was inferred.
 * @param keys the messages and numbers that are told of
 */
export function raisePlaced(
  db: Sql,
  account: string,
  keys: readonly string[],
  told: readonly Told[],
): Promise<RaisedMessage[]> {
  const earliest = new Map<string, Date>();
  for (const { messageId, at } of told) {
    const known = earliest.get(messageId);
    if (at !== null && (known === undefined || at < known)) earliest.set(messageId, at);
  }
  const text = toldText(told.map((each) => ({ ...each, earliest: earliest.get(each.messageId) })));
  return db.$queryRaw<RaisedMessage[]>`SELECT * FROM raise_placed(${account}, ${[...keys]}::text[], ${text}::jsonb)`;
}

/** As `told_once` reads it. */
export function toldText(told: readonly (Told & { earliest?: Date | undefined })[]): string {
  return JSON.stringify(
    told.map(({ messageId, status, at, notes, code, earliest }) => ({ messageId, status, at, notes, code, earliest })),
  );
}
