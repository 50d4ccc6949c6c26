/** Rows by the run that each is of, in their order. */
export function groupByRun<Row extends { runId: string }>(rows: readonly Row[]): Map<string, Omit<Row, 'runId'>[]> {
  const groups = new Map<string, Omit<Row, 'runId'>[]>();
  for (const { runId, ...row } of rows) {
    const group = groups.get(runId);
    if (group) group.push(row);
    else groups.set(runId, [row]);
  }
  return groups;
}
