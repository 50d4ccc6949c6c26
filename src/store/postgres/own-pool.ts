import pg from 'pg';
import { UsageError } from '../../errors.js';

/** A pool of `pg`: what Siaran needs of one. */
export type OwnPool = {
  /** Takes a connection out of the pool. */
  connect(): Promise<OwnClient>;
  /** Where it connects to, to be named in messages. */
  readonly options: OwnPoolOptions;
};

/** The options that such a pool was made with; what is absent comes from pg's own variables and defaults. */
export type OwnPoolOptions = {
  /** An address; the others count where it says nothing. */
  connectionString?: string | undefined;
  /** A machine, or the folder of a socket. */
  host?: string | undefined;
  /** Default 5432. */
  port?: number | undefined;
  /** The role that logs in. */
  user?: string | undefined;
  /** The database's name. */
  database?: string | undefined;
  /** A text, or a function that gives one; never logged. */
  password?: unknown;
};

/** A connection of such a pool. */
export type OwnClient = {
  /** Runs a statement. */
  query(text: string, values?: unknown[]): Promise<unknown>;
  /** Gives the connection back; with an error, the pool closes it. */
  release(error?: Error | boolean): void;
};

/** @throws {UsageError} */
export function assertPool(pool: OwnPool): void {
  const { connect, options, totalCount } = pool as Partial<OwnPool & { totalCount: number }>;
  if (typeof connect !== 'function' || typeof options !== 'object' || typeof totalCount !== 'number')
    throw new UsageError('pool must be a pool of pg (new Pool(…)), not a client or something else.');
}

/** Where a pool connects to, without the password. */
export function addressOf({ options }: OwnPool): string {
  const { connectionString, host, port, user, database } = options;
  // What isn't said comes from pg's own variables and defaults. This client never connects.
  const found = new pg.Client({
    ...(connectionString !== undefined && { connectionString }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(database !== undefined && { database }),
  });
  const name = encodeURIComponent(found.database ?? '');
  // A path is the folder of a socket.
  const at = found.host.includes('/') ? 'localhost' : found.host.includes(':') ? `[${found.host}]` : found.host;
  return `postgres://${encodeURIComponent(found.user ?? '')}@${at}:${found.port}/${name}`;
}
