import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { SiaranError, UnavailableError } from '../../errors.js';
import { packageFile } from '../../package-file.js';
import { endWithin } from '../postgres/deadlines.js';
import { postgresErrorOf } from '../postgres/postgres-error.js';
import { knowsEnough, type Query } from '../postgres/programs-know.js';
import { refuseOldPostgres } from '../postgres/version.js';
import { type Migration, namesIn, readMigrations } from './migration-files.js';
import { refuseTransactionPooler, takeMigrationLock, type Waiting } from './migration-lock.js';
import { giveRights, refuseOwningRole } from './worker-rights.js';

interface Migrated {
  readonly applied: string[];
  /** How many had been applied before. */
  readonly already: number;
}

type MigrateOptions = Waiting & {
  /** Hears of each migration that was applied. */
  onApplied?: ((name: string) => void) | undefined;
  /** The role of the programs that work, which is then given what they need and nothing else. */
  grantTo?: string | undefined;
  /** Where the migrations are. Default those of this package. */
  folder?: string;
};

interface MigrationStatus {
  readonly pending: string[];
  /** Applied to the database but not known here: its schema is newer than this program. */
  readonly unknown: string[];
  /** Whether these are more than this program can work with. */
  readonly isProgramTooOld: boolean;
  /** Begun by another tool and not finished. */
  readonly failed: string[];
  /** It has migrations, and not the one that ours begin with. */
  readonly isOther: boolean;
}

/** A Postgres that accepts a connection and stays silent is as good as away. */
const connectMs = 5_000;
const statusMs = 5_000;
const closeMs = 1_000;

interface Row {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

// The table, like the lock, is that of `prisma migrate deploy`, so that both may be used on one database:
// https://github.com/prisma/prisma-engines/tree/main/schema-engine/connectors
const table = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies what is pending of `prisma/migrations`, in order, each in a transaction of its own; of two at once, the second
 * waits and finds nothing to do. Throws `MIGRATION`, naming it, for one that fails or that was edited after it was applied; when
 * the other one doesn't end; when Postgres is too old; and when the role to give rights to can't be given fewer than all.
 */
export async function migrate(
  databaseUrl: string,
  { onApplied, grantTo, folder = packageFile('prisma', 'migrations'), ...waiting }: MigrateOptions = {},
): Promise<Migrated> {
  const migrations = await readMigrations(folder);
  return withClient(databaseUrl, async (client) => {
    await refuseOldPostgres(client);
    if (grantTo !== undefined) await refuseOwningRole(client, grantTo);
    await withClient(databaseUrl, (second) => refuseTransactionPooler(client, second), statusMs);
    await takeMigrationLock(client, waiting);
    // Whoever asks for the table meanwhile waits behind us: so we don't wait for long ourselves.
    await client.query("SET lock_timeout = '30s'");
    await client.query(table);
    const rows = await readRows(querying(client));
    refuse(migrations, rows);
    const names = new Set(rows.map((row) => row.migration_name));
    const applied: string[] = [];
    for (const migration of migrations.filter(({ name }) => !names.has(name))) {
      await apply(client, migration);
      applied.push(migration.name);
      onApplied?.(migration.name);
    }
    if (grantTo !== undefined) await giveRights(client, grantTo);
    return { applied, already: rows.length };
  });
}

/** How the database's migrations stand to ours. Takes a function that runs a query where a connection is at hand. */
export async function migrationStatus(
  database: string | Query,
  folder: string = packageFile('prisma', 'migrations'),
): Promise<MigrationStatus> {
  if (typeof database === 'string') {
    return withClient(database, (client) => migrationStatus(querying(client), folder), statusMs);
  }
  const names = await namesIn(folder);
  const [found] = await database(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`);
  const rows = (found as { present: boolean }).present ? await readRows(database) : [];
  const known = new Set(names);
  const recorded = new Set(rows.map((row) => row.migration_name));
  const unknown = rows.map((row) => row.migration_name).filter((name) => !known.has(name));
  return {
    pending: names.filter((name) => !recorded.has(name)),
    unknown,
    isProgramTooOld: unknown.length > 0 && !(await knowsEnough(database, known)),
    failed: rows.filter((row) => row.finished_at === null).map((row) => row.migration_name),
    isOther: isOther(names, rows),
  };
}

/** What to do about a database that was made by other migrations than ours: by a Siaran from before they were made one, or by another program. */
export const otherAdvice =
  "Siaran can't take it over. Create an empty database (for the demo, delete its folder .siaran) and run `siaran migrate` on that.";

/** Ours begin with the one that makes the tables: where it is missing, and others stand, these made the tables that there are. */
function isOther([first]: readonly string[], rows: readonly Row[]): boolean {
  return rows.length > 0 && !rows.some((row) => row.migration_name === first);
}

/** Throws `MIGRATION` unless the database has all our migrations, and none that this program is too old for: a worker must not guess at a schema. */
export async function assertMigrated(
  database: string | Query,
  folder: string = packageFile('prisma', 'migrations'),
): Promise<void> {
  const { pending, unknown, isProgramTooOld, failed, isOther } = await migrationStatus(database, folder);
  if (failed.length > 0) throw unfinished(failed);
  if (isOther) throw madeOtherwise(unknown);
  if (isProgramTooOld) {
    throw migrationError(`This database is newer than this program: it has ${listed(unknown)}. Update the program.`);
  }
  if (pending.length > 0) {
    throw migrationError(`This database lacks ${listed(pending)}. Run \`siaran migrate\` first.`);
  }
}

/** Few migrations by their names; of more how many, and the first and the last. */
export function listed(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.length} migrations, from ${names[0]} to ${names.at(-1)}`;
}

async function apply(client: Client, migration: Migration): Promise<void> {
  const startedAt = new Date();
  try {
    await client.query('BEGIN');
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, started_at, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), $4, 1)`,
      [randomUUID(), migration.checksum, startedAt, migration.name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined);
    const message = cause instanceof Error ? cause.message : String(cause);
    throw migrationError(`The migration ${migration.name} failed and was rolled back: ${message}`, cause);
  }
}

function refuse(migrations: readonly Migration[], rows: readonly Row[]): void {
  const failed = rows.filter((row) => row.finished_at === null).map((row) => row.migration_name);
  if (failed.length > 0) throw unfinished(failed);
  const ours = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  if (isOther([...ours.keys()], rows)) throw madeOtherwise(rows.map((row) => row.migration_name));
  const edited = rows.filter(({ migration_name: name, checksum }) => ours.has(name) && ours.get(name) !== checksum);
  if (edited.length > 0) {
    const names = edited.map((row) => row.migration_name).join(', ');
    throw migrationError(
      `${names} was edited after it was applied. Restore the file, and put the change into a new one.`,
    );
  }
}

/** Rows that Prisma marked as rolled back don't count: the same migration may come again. */
async function readRows(query: Query): Promise<Row[]> {
  const rows = await query(
    `SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows as Row[];
}

/** @param longestMs of one statement; without it, a migration may take as long as it needs. */
async function withClient<T>(
  databaseUrl: string,
  work: (client: Client) => Promise<T>,
  longestMs?: number,
): Promise<T> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'siaran migrate',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    ...(longestMs !== undefined && { query_timeout: longestMs }),
  });
  // A connection that breaks between two queries reports it here; the next query then fails with the same.
  client.on('error', () => undefined);
  try {
    await client.connect();
    // A role called `siaran` would have the schema of that name come first, in which only what others may call stands.
    await client.query('SET search_path TO public');
  } catch (cause) {
    throw postgresErrorOf(cause, databaseUrl) ?? new UnavailableError('Postgres', cause);
  }
  try {
    return await work(client);
  } finally {
    // Ending the session also gives the advisory lock back.
    await endWithin(client, closeMs);
  }
}

function querying(client: Client): Query {
  return async (sql) => (await client.query(sql)).rows;
}

function unfinished(names: readonly string[]): SiaranError {
  return migrationError(
    `${names.join(', ')} was begun and did not finish. See what it left, then settle it with \`prisma migrate resolve\`.`,
  );
}

function madeOtherwise(names: readonly string[]): SiaranError {
  return migrationError(`This database was made by other migrations, from ${names[0]} on. ${otherAdvice}`);
}

function migrationError(message: string, cause?: unknown): SiaranError {
  return new SiaranError('MIGRATION', message, { cause });
}
