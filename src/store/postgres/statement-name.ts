import { createHash } from 'node:crypto';

/** Stands in a statement whose best plan depends on what it is asked: it is planned each time, with that. */
export const plannedAnew = '/* planned anew */';

/** A statement with a name is parsed and planned once a connection. */
export function nameStatement(sql: string, args: readonly unknown[]): string {
  // Without parameters there is nothing to parse; with many, there may be a statement for every length of a list.
  if (args.length === 0 || args.length > 30 || sql.includes(plannedAnew)) return '';
  const known = statementNames.get(sql);
  if (known) return known;
  const name = `siaran_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`;
  statementNames.set(sql, name);
  return name;
}

const statementNames = new Map<string, string>();
