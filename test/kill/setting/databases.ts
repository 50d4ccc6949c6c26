import { Client } from 'pg';

/** Asks the ledger. */
export type Query = <Row extends object = Record<string, unknown>>(
  sql: string,
  params?: readonly unknown[],
) => Promise<Row[]>;

/** A statement that can't be made within the database that it is about. */
export async function maintain(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: withPath(url, 'postgres') });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export function disconnectAll(database: string): string {
  return `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${database}'`;
}

export function withPath(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}

export function withPort(url: string, port: number): string {
  return Object.assign(new URL(url), { port: String(port) }).href;
}
