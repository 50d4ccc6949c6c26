import sql, { type Sql as Fragment, raw } from 'sql-template-tag';

export { empty, join, raw, type Sql as Fragment } from 'sql-template-tag';
export { sql };

/** What a store function needs of the ledger: statements, on any of its connections or in one transaction. */
export type Sql = {
  /** @returns the rows. What they are is the caller's to say. */
  $queryRaw<Rows>(query: TemplateStringsArray | Fragment, ...values: unknown[]): Promise<Rows>;
  /** @returns how many rows it changed */
  $executeRaw(query: TemplateStringsArray | Fragment, ...values: unknown[]): Promise<number>;
};

/** Whether a query finds any row: `SELECT FROM runs WHERE …`. */
export async function exists(db: Sql, query: Fragment): Promise<boolean> {
  const rows = await db.$queryRaw<{ found: boolean }[]>`SELECT EXISTS (${query}) AS found`;
  return rows[0]?.found === true;
}

/** Names of columns, with spaces between them, as what they are called here: `at, started_at AS "startedAt"`. */
export function columns(names: string): Fragment {
  const called = names
    .trim()
    .split(/\s+/)
    .map((name) => {
      const ours = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      return ours === name ? name : `${name} AS "${ours}"`;
    });
  return raw(called.join(', '));
}
