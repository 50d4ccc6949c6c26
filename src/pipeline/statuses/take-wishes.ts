import type { Wish } from '../../domain/statuses/opt-outs.js';
import { userIdsWithoutNumber } from '../../domain/statuses/user-ids.js';
import { type OptOut, recordOptOuts, resumeNumbers } from '../../store/opt-outs.js';
import { currentTime } from '../../store/postgres/database.js';
import type { Sql } from '../../store/postgres/sql.js';
import { numbersOfUsers } from '../../store/user-ids.js';

/** Puts who wants to be left alone on the suppression list, and takes off it who wants messages again, in the order of their asking. */
export async function takeWishes(tx: Sql, account: string, wishes: readonly Wish[]): Promise<void> {
  if (wishes.length === 0) return;
  const ids = userIdsWithoutNumber(wishes);
  const numbers = ids.length > 0 ? await numbersOfUsers(tx, account, ids) : new Map<string, string>();
  const now = await currentTime(tx);
  const last = new Map<string, Wish & { at: Date }>();
  for (const wish of wishes) {
    const phoneNumber = wish.phoneNumber ?? numbers.get(wish.userId ?? '');
    const at = wish.at ?? now;
    const known = phoneNumber === undefined ? undefined : last.get(phoneNumber);
    if (phoneNumber !== undefined && (!known || known.at <= at)) last.set(phoneNumber, { ...wish, at });
  }
  const stops = [...last].filter(([, { wants }]) => wants === 'stop');
  await recordOptOuts(
    tx,
    account,
    stops.map(([phoneNumber, { kind, messageId, at }]): OptOut => {
      return { phoneNumber, kind, reference: messageId ?? at.toISOString() };
    }),
  );
  const resumes = [...last].filter(([, { wants }]) => wants === 'resume');
  await resumeNumbers(
    tx,
    resumes.map(([phoneNumber, { at }]) => ({ phoneNumber, at })),
  );
}
