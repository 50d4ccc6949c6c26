/** Runs a query, and returns its rows. */
export type Query = (sql: string) => Promise<readonly unknown[]>;

/**
 * Whether a program with these migrations can work with the tables, although they have newer ones: they say which migration a
 * program has to know. Tables that don't say it yet are for programs that know all of them.
 */
export async function knowsEnough(query: Query, known: ReadonlySet<string>): Promise<boolean> {
  const [found] = await query(
    `SELECT EXISTS (
       SELECT FROM pg_attribute WHERE attrelid = to_regclass('installation') AND attname = 'programs_know'
     ) AS present`,
  );
  if (!(found as { present: boolean }).present) return false;
  const [row] = await query('SELECT programs_know AS name FROM installation');
  return row !== undefined && known.has((row as { name: string }).name);
}
