import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Context } from '../../context.js';
import { keepsSession } from '../../store/migrations/migration-lock.js';
import { endWithin } from '../../store/postgres/deadlines.js';
import { type Finding, found } from './check.js';

const longestMs = 3_000;
const closeMs = 1_000;

/** Whether there is a pooler before Postgres that takes away what Siaran needs of a session. */
export async function judgePooler({ config }: Context): Promise<Finding> {
  const [client, other] = [openClient(config.databaseUrl), openClient(config.databaseUrl)];
  try {
    await Promise.all([client.connect(), other.connect()]);
    if (await keepsSession(client, other)) return found('each connection has its own');
    const ofRole =
      'and set idle_in_transaction_session_timeout, lock_timeout, statement_timeout and timezone (UTC) for the role, by ALTER ROLE … SET';
    if (await keepsNamedStatements(client, other))
      return { ok: true, detail: 'shared by a pooler in transaction mode, which keeps named statements', todo: ofRole };
    return {
      ok: false,
      detail: 'shared by a pooler in transaction mode, which loses named statements',
      todo: `Set \`pool_mode = session\` in PgBouncer; or, from PgBouncer 1.21 on, \`max_prepared_statements = 100\`, ${ofRole}.`,
    };
  } finally {
    await Promise.all([endWithin(client, closeMs), endWithin(other, closeMs)]);
  }
}

/** Prepares one, and asks for it again while the other client has the session in which it was prepared. */
async function keepsNamedStatements(client: Client, other: Client): Promise<boolean> {
  const named = { name: `doctor_${randomBytes(6).toString('hex')}`, text: 'SELECT 1' };
  try {
    await client.query(named);
    await other.query('BEGIN');
    await client.query(named);
    return true;
  } catch (error) {
    // There is no such statement in the other session.
    if ((error as { code?: string }).code === '26000') return false;
    throw error;
  }
}

function openClient(connectionString: string): Client {
  const limits = { connectionTimeoutMillis: longestMs, query_timeout: longestMs };
  const client = new Client({ connectionString, application_name: 'siaran doctor', ...limits });
  // A connection that breaks between two queries reports it here; the next query then fails with the same.
  client.on('error', () => undefined);
  return client;
}
