import type { HeardStatus } from '../../domain/statuses/callback.js';
import type { OptOutOfUser, OptOutThreshold } from '../../domain/statuses/opt-outs.js';
import { type OptOutOfNumber, recordOptOuts } from '../../store/opt-outs.js';
import type { Sql } from '../../store/postgres/sql.js';
import type { RaisedMessage } from '../../store/raise-statuses.js';

/**
 * Keeps what recipients ask for, and has the suppression list follow: those who opted out by a message of ours that failed, and those who
 * want to be left alone, or not any more. Wishes of whom no number is known wait elsewhere.
 */
export async function takeWishes(
  tx: Sql,
  account: string,
  threshold: OptOutThreshold,
  told: readonly HeardStatus[],
  known: ReadonlyMap<string, RaisedMessage>,
  wishes: readonly OptOutOfUser[],
): Promise<void> {
  const optOuts = [...told.flatMap((status) => optOutOfStatus(status, known)), ...wishes.flatMap(ofNumber)];
  const once = new Map(optOuts.map((each) => [`${each.phoneNumber} ${each.kind} ${each.reference}`, each]));
  await recordOptOuts(tx, account, threshold, [...once.values()]);
}

function optOutOfStatus(status: HeardStatus, known: ReadonlyMap<string, RaisedMessage>): OptOutOfNumber[] {
  const message = known.get(status.messageId);
  const phoneNumber = message?.phoneNumber ?? status.phoneNumber;
  if (!status.optedOut || !message || phoneNumber === null) return [];
  return [{ phoneNumber, kind: 'status', reference: status.messageId, askedAt: status.at }];
}

function ofNumber({ phoneNumber, kind, reference, askedAt }: OptOutOfUser): OptOutOfNumber[] {
  return phoneNumber === null ? [] : [{ phoneNumber, kind, reference, askedAt }];
}
