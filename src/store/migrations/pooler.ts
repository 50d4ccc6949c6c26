import { Client } from 'pg';
import { endWithin } from '../postgres/deadlines.js';

const timesProbed = 8;
const longestMs = 3_000;
const closeMs = 1_000;

/**
 * What stands between this program and Postgres, as two connections find it: nothing that takes their sessions away; or a pooler in
 * transaction mode, which keeps named statements or doesn't.
 */
export async function probePooler(connectionString: string): Promise<'own sessions' | 'named statements' | 'neither'> {
  const [client, other] = [openClient(connectionString), openClient(connectionString)];
  try {
    await Promise.all([client.connect(), other.connect()]);
    if (await keepsSession(client, other)) return 'own sessions';
    return (await keepsNamedStatements(client, other)) ? 'named statements' : 'neither';
  } finally {
    await Promise.all([endWithin(client, closeMs), endWithin(other, closeMs)]);
  }
}

/**
 * Whether a client has a session of its own: always the same one, which no other client gets. A pooler may give the same one twice by
 * chance, or each in turn: so it is asked several times, and beside a transaction of the other client, which takes one away.
 */
export async function keepsSession(client: Client, other: Client): Promise<boolean> {
  const first = await sessionOf(client);
  for (let time = 0; time < timesProbed; time += 1) {
    await other.query('BEGIN');
    try {
      // A pooler with a single session would let the other one wait for this.
      if ((await sessionOf(other)) === first || (await sessionOf(client)) !== first) return false;
    } finally {
      await other.query('ROLLBACK');
    }
  }
  return true;
}

/** Prepares one, and asks for it again while the other client has the session in which it was prepared. */
async function keepsNamedStatements(client: Client, other: Client): Promise<boolean> {
  // One of an earlier time may still stand in a session.
  const name = `probe_${process.pid}_${Date.now()}`;
  const first = await sessionOf(client, name);
  for (let time = 0; time < timesProbed; time += 1) {
    await other.query('BEGIN');
    try {
      // Its own session is taken, so that another one answers, if there is one.
      if ((await sessionOf(other)) === first && (await sessionOf(client, name)) !== first) return true;
    } catch (error) {
      // There is no such statement in the other session.
      if ((error as { code?: string }).code === '26000') return false;
      throw error;
    } finally {
      await other.query('ROLLBACK');
    }
  }
  return true;
}

/** @param name asked by a named statement, which is prepared in the session that answers first */
async function sessionOf(client: Client, name?: string): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>({ name, text: 'SELECT pg_backend_pid() AS pid' });
  return rows[0]?.pid;
}

function openClient(connectionString: string): Client {
  const limits = { connectionTimeoutMillis: longestMs, query_timeout: longestMs };
  const client = new Client({ connectionString, application_name: 'siaran doctor', ...limits });
  // A connection that breaks between two queries reports it here; the next query then fails with the same.
  client.on('error', () => undefined);
  return client;
}
