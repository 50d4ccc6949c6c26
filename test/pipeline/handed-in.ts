import { Client } from 'pg';
import { chunkRun } from '../../src/pipeline/chunking/chunk.js';
import type { Rig } from '../support/rig.js';
import { december, type RunSettings } from '../support/runs.js';

let keys = 0;
/** A run of one's own, by its key and id. */
export async function runWithKey(rig: Rig, settings: RunSettings = {}): Promise<{ key: string; id: string }> {
  keys += 1;
  const key = `key ${keys}`;
  const { id } = await rig.siaran.startRun({ ...december, key, name: key, ...settings });
  return { key, id };
}

export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** A program with a table of its own in Siaran's database, and what it is connected by. */
export async function openShop(rig: Rig): Promise<Client> {
  const client = await connect(rig.databaseUrl);
  await client.query('CREATE SCHEMA app');
  await client.query('CREATE TABLE app.orders (id INT PRIMARY KEY, phone TEXT NOT NULL)');
  return client;
}

export function handInRow(phone: string, more: object = {}) {
  return { phone_number: phone, customer_name: 'A', body_variable1: 'B', ...more };
}

/** Rows that are checked now, and committed once `meanwhile` has happened. */
export async function handIn(
  rig: Rig,
  client: Client,
  key: string,
  rows: Iterable<Record<string, string>>,
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<number> {
  await client.query('BEGIN');
  const count = await rig.siaran.enqueueIn(client, key, rows);
  await meanwhile();
  await client.query('COMMIT');
  return count;
}

/** Turns until nothing is left, as hints would bring them about. */
export async function chunkAll(rig: Rig, id: string): Promise<void> {
  do await chunkRun(rig.ctx, id);
  while ((await rig.query('SELECT 1 FROM handed_in WHERE run_id = $1 LIMIT 1', [id])).length > 0);
}

export function blocksOf(rig: Rig, id: string): Promise<{ rows: number }[]> {
  return rig.query('SELECT row_count AS rows FROM handed_in WHERE run_id = $1 ORDER BY id', [id]);
}

type Rejection = { source: string; position: number; digest: string; reason: string };
export function rejectionsOf(rig: Rig, id: string): Promise<Rejection[]> {
  return rig.query(
    'SELECT source, position, digest, reason FROM rejections WHERE run_id = $1 ORDER BY source, position',
    [id],
  );
}

/** What the ledger notes of the run: that all its rows are cut, and that it has ended. */
export async function marksOf(rig: Rig, id: string): Promise<{ drained: boolean; finished: boolean } | undefined> {
  const rows = await rig.query<{ drained: boolean; finished: boolean }>(
    'SELECT drained_at IS NOT NULL AS drained, finished_at IS NOT NULL AS finished FROM runs WHERE id = $1',
    [id],
  );
  return rows[0];
}
