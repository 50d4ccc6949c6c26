import { Client } from 'pg';
import type { Table } from './schema-file.js';

/** The tables of a database as Postgres describes them. Indexes with a condition, or of an expression, are none that Prisma can describe. */
export async function tablesIn(databaseUrl: string): Promise<Record<string, Table>> {
  const tables: Record<string, Table> = {};
  const names = await query<{ name: string }>(
    databaseUrl,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  );
  for (const { name } of names) {
    const columns = await query<{ column: string; type: string; nullable: boolean; default: string | null }>(
      databaseUrl,
      `SELECT attname AS column, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable,
              regexp_replace(pg_get_expr(adbin, adrelid), '^nextval.*', 'nextval') AS default
       FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE attrelid = '${name}'::regclass AND attnum > 0 AND NOT attisdropped`,
    );
    const indexes = await query<{ name: string; primary: boolean; unique: boolean; columns: string[] }>(
      databaseUrl,
      `SELECT relname AS name, indisprimary AS primary, indisunique AS unique,
              ARRAY(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS key(number, place)
                    JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place) AS columns
       FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = '${name}'::regclass AND indpred IS NULL AND indexprs IS NULL`,
    );
    const foreignKeys = await query<{ definition: string }>(
      databaseUrl,
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE conrelid = '${name}'::regclass AND contype = 'f'`,
    );
    const byName = (unique: boolean) =>
      Object.fromEntries(
        indexes
          .filter((index) => !index.primary && index.unique === unique)
          .map((index) => [index.name, index.columns]),
      );
    tables[name] = {
      columns: Object.fromEntries(columns.map(({ column, ...rest }) => [column, rest])),
      primaryKey: indexes.find((index) => index.primary)?.columns ?? [],
      unique: byName(true),
      indexes: byName(false),
      foreignKeys: foreignKeys.map(({ definition }) =>
        definition.replace(/^FOREIGN KEY \((.+?)\) REFERENCES (\w+)\((.+?)\).*$/, '$1 -> $2($3)'),
      ),
    };
  }
  return tables;
}

/** Asks on a connection of its own, which is closed when the answer is there. */
export async function query<Row extends object>(databaseUrl: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
