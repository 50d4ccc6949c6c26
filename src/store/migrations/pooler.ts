import { Client } from 'pg';
import { UsageError } from '../../errors.js';
import { isPostgresSilent } from '../postgres/database.js';
import { endWithin } from '../postgres/deadlines.js';

const timesProbed = 8;
/** Less than `siaran doctor` takes for one check. */
const longestMs = 2_500;
const closeMs = 1_000;

/** What to set in PgBouncer, where statements that have a name are lost. Siaran names its own, so that Postgres plans them once. */
export const poolerAdvice =
  'Set `pool_mode = session` in PgBouncer; or, from PgBouncer 1.21 on, `max_prepared_statements = 100`';

/**
 * What stands between this program and Postgres, as two connections find it: nothing that takes their sessions away; a pooler in
 * transaction mode, which keeps named statements or doesn't; or one that lets connections in and has no session for them.
 */
type Between = 'own sessions' | 'named statements' | 'neither' | 'no session left';

/** Finds out what stands there. */
export async function probePooler(connectionString: string): Promise<Between> {
  const [client, other] = [openClient(connectionString), openClient(connectionString)];
  try {
    await client.connect();
    return await probe(client, other).catch((error: unknown) => {
      // Postgres itself lets nobody in whom it has no session for.
      if (isPostgresSilent(error)) return 'no session left';
      throw error;
    });
  } finally {
    await Promise.all([endWithin(client, closeMs), endWithin(other, closeMs)]);
  }
}

/**
 * What can't be found out now, as Postgres is slow, is no reason to refuse.
 * @throws {UsageError} behind a pooler that loses named statements: one of them would fail now and then, whatever it is about
 */
export async function refuseForgetfulPooler(connectionString: string): Promise<void> {
  const between = await probePooler(connectionString).catch(() => undefined);
  if (between === 'neither')
    throw new UsageError(
      `DATABASE_URL leads through a pooler in transaction mode, which loses named statements. ${poolerAdvice}.`,
    );
}

/** Whether it is Postgres itself that greets: a pooler tells a number of its own for the session, by which it is asked to cancel a query. */
async function isDirect(client: Client): Promise<boolean> {
  // pg's types leave it out.
  const { processID: greetedBy } = client as Client & { processID?: number | null };
  return (await sessionOf(client)) === greetedBy;
}

async function probe(client: Client, other: Client): Promise<Between> {
  if (await isDirect(client)) return 'own sessions';
  await other.connect();
  if (await keepsSession(client, other)) return 'own sessions';
  return (await keepsNamedStatements(client, other)) ? 'named statements' : 'neither';
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

/**
 * Both clients use a statement of one name, the second within a transaction, which keeps its session. A pooler that doesn't keep names has
 * the statement prepared twice in one session, or asks for it in another one. Whatever else uses the pool may prevent both: so it is tried
 * until one of them came about and was answered.
 */
async function keepsNamedStatements(client: Client, other: Client): Promise<boolean> {
  for (let time = 0; time < 2 * timesProbed; time += 1) {
    // One of an earlier time may still stand in a session.
    const name = `probe_${process.pid}_${Date.now()}_${time}`;
    try {
      const prepared = await sessionOf(client, name);
      // Of two that are given in turn, each client would always get the same one.
      if (time % 2 === 1) await sessionOf(client);
      await other.query('BEGIN');
      const taken = await sessionOf(other, name);
      // A pooler with a single session would let the first one wait.
      if (taken === prepared || ![prepared, taken].includes(await sessionOf(client, name))) return true;
    } catch (error) {
      if (['26000', '42P05'].includes(String((error as { code?: unknown }).code))) return false;
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
