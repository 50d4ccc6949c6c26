import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { CallbackGroups } from '../../../src/pipeline/statuses/receive-together.js';
import { eventually, phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { item, tell } from '../../support/statuses.js';
import { tracesOf } from '../../support/traces.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const person = phoneNumber(2);

test('of a status or wish that comes late and tells the user id only nothing is written', async () => {
  const groups = new CallbackGroups(rig.ctx);
  const [before, since, renamed] = ['ID.2035200694071263', 'ID.2035200694071264', 'ID.2035200694071265'];
  const pair = (userId: string) => ({ userId, phoneNumber: person, formerUserId: null });
  const late = async (userId: string) => {
    const wish = { wants: 'stop', kind: 'preference', messageId: null, phoneNumber: null, userId, at: null } as const;
    const status = { ...item('wamid.late', 'read', new Date()), recipient_user_id: userId };
    await tell(rig, status);
    await groups.receive('default', [], { wishes: [wish] });
  };
  await groups.receive('default', [], { pairs: [pair(before)] });
  await rig.siaran.forget(person);
  await late(before);
  // Nobody could know yet whose this is.
  await late(since);
  expect(await tracesOf(rig, since)).toEqual(['public.waiting_statuses', 'public.waiting_wishes']);
  await groups.receive('default', [], { pairs: [pair(since)] });
  await groups.receive('default', [], { pairs: [{ userId: renamed, phoneNumber: null, formerUserId: before }] });
  for (const userId of [since, renamed]) await late(userId);
  for (const trace of [person, before, since, renamed, 'wamid.late']) expect(await tracesOf(rig, trace)).toEqual([]);
});

test('a status that is kept for a user id while its owner is forgotten goes too', async () => {
  const pair = { userId: 'ID.2035200694071263', phoneNumber: person, formerUserId: null };
  await new CallbackGroups(rig.ctx).receive('default', [], { pairs: [pair] });
  // As a receiver does that has not heard of the number.
  const other = new Client({ connectionString: rig.databaseUrl });
  await other.connect();
  await other.query('BEGIN');
  await other.query('SELECT pg_advisory_xact_lock(1667329126, hashtext($1) & 63)', [pair.userId]);
  await other.query(
    "INSERT INTO waiting_statuses (account, message_id, status, user_id, opted_out) VALUES ('default', 'wamid.late', 'read', $1, false)",
    [pair.userId],
  );
  let isOver = false;
  const forgetting = rig.siaran.forget(person).finally(() => {
    isOver = true;
  });
  const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`;
  await eventually(async () => isOver || (await rig.query(waits)).length > 0, Boolean);
  await other.query('COMMIT');
  await other.end();
  await forgetting;
  for (const trace of [person, pair.userId, 'wamid.late']) expect(await tracesOf(rig, trace)).toEqual([]);
});
