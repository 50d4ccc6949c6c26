import { randomBytes } from 'node:crypto';
import type { IntakeState } from '../domain/runs/law.js';
import type { Sql } from './postgres/sql.js';

/**
 * Opens the next generation of a source. The older ones' promises no longer count: the same recipients come again.
 * Call it under the run's lock. Returns the new intake's id, and those that it supersedes.
 */
export async function openIntake(
  tx: Sql,
  runId: string,
  source: string,
): Promise<{ id: string; superseded: string[] }> {
  const superseded = await tx.$queryRaw<{ id: string }[]>`
    UPDATE intakes SET superseded_at = clock_timestamp()
    WHERE run_id = ${runId} AND source = ${source} AND superseded_at IS NULL RETURNING id`;
  const opened = await tx.$queryRaw<{ id: string }[]>`
    /* an intake is opened */ INSERT INTO intakes (id, run_id, source, generation)
    SELECT ${newIntakeId()}, ${runId}, ${source}, coalesce(max(generation), 0) + 1 FROM intakes WHERE run_id = ${runId} AND source = ${source}
    RETURNING id`;
  await tx.$executeRaw`UPDATE runs SET drained_at = NULL, finished_at = NULL WHERE id = ${runId}`;
  return { id: only(opened).id, superseded: superseded.map((row) => row.id) };
}

/** An intake whose rows came with the run itself and stand in the ledger already. */
export async function insertWholeIntake(tx: Sql, runId: string, source: string, rows: number): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO intakes (id, run_id, source, generation, blocks, rows, absorbed_to, absorbed_rows, closed_at)
    VALUES (${newIntakeId()}, ${runId}, ${source}, 1, 1, ${rows}::int, 1, ${rows}::int, clock_timestamp())`;
}

/** An idle intake takes rows again. `false`: it was superseded meanwhile. Call it under the run's lock. */
export async function reopenIntake(tx: Sql, runId: string, id: string): Promise<boolean> {
  const reopened = await tx.$executeRaw`UPDATE intakes SET closed_at = NULL WHERE id = ${id} AND superseded_at IS NULL`;
  await tx.$executeRaw`UPDATE runs SET drained_at = NULL, finished_at = NULL WHERE id = ${runId}`;
  return reopened === 1;
}

/**
 * The promise: so many blocks with so many rows were pushed. It only ever grows.
 * @param close whether the intake is idle now. @returns `false` when the intake was superseded meanwhile, or an operator closed it.
 */
export async function promiseRows(
  db: Sql,
  id: string,
  promise: { blocks: number; rows: number; close: boolean },
): Promise<boolean> {
  const promised = await db.$executeRaw`
    /* rows are promised */ UPDATE intakes SET blocks = ${promise.blocks}, rows = ${promise.rows},
           closed_at = CASE WHEN ${promise.close} THEN clock_timestamp() END
    WHERE id = ${id} AND superseded_at IS NULL AND blocks <= ${promise.blocks}
      AND (closed_at IS NULL OR (${promise.close} AND blocks = ${promise.blocks} AND rows = ${promise.rows}))`;
  return promised === 1;
}

/** No more comes of it: so much was pushed. Returns what it has promised then; `undefined`: it was closed or superseded before. */
export async function closeIntake(
  tx: Sql,
  id: string,
  pushed: { blocks: number; rows: number },
): Promise<number | undefined> {
  const rows = await tx.$queryRaw<{ rows: number }[]>`
    UPDATE intakes SET blocks = greatest(blocks, ${pushed.blocks}), rows = greatest(rows, ${pushed.rows}), closed_at = clock_timestamp()
    WHERE id = ${id} AND superseded_at IS NULL AND closed_at IS NULL RETURNING rows`;
  return rows[0]?.rows;
}

/** `to`: the number of its last block that stands in the ledger. */
export type Absorbed = { to: number; duplicates: number };

/**
 * The run's intake of what is handed in within callers' transactions promises so many blocks and rows more, which this
 * transaction absorbs: the run goes on, if it had ended. It is closed all the time. Generation 0, as that of no producer whose
 * source has the same name. Call it under the run's lock.
 */
export async function promiseHandedIn(
  tx: Sql,
  runId: string,
  { blocks, rows }: { blocks: number; rows: number },
): Promise<{ id: string; from: number; duplicates: number }> {
  const promised = await tx.$queryRaw<{ id: string; from: number; duplicates: number }[]>`
    INSERT INTO intakes (id, run_id, source, generation, blocks, rows, closed_at)
    VALUES (${newIntakeId()}, ${runId}, 'transaction', 0, ${blocks}, ${rows}, clock_timestamp())
    ON CONFLICT (run_id, source, generation) DO UPDATE SET blocks = intakes.blocks + excluded.blocks, rows = intakes.rows + excluded.rows
    RETURNING id, absorbed_to AS "from", duplicates`;
  await tx.$executeRaw`
    UPDATE runs SET drained_at = NULL, finished_at = NULL
    WHERE id = ${runId} AND (drained_at IS NOT NULL OR finished_at IS NOT NULL)`;
  return only(promised);
}

/** Producers of the run that are at work, or died. */
export async function countOpenIntakes(tx: Sql, runId: string): Promise<number> {
  const rows = await tx.$queryRaw<{ open: number }[]>`
    SELECT count(*)::int AS open FROM intakes WHERE run_id = ${runId} AND closed_at IS NULL AND superseded_at IS NULL`;
  return rows[0]?.open ?? 0;
}

/** How far each of these intakes was absorbed. Those that the ledger doesn't know are missing. */
export async function absorbedBefore(tx: Sql, ids: readonly string[]): Promise<Map<string, Absorbed>> {
  const rows = await tx.$queryRaw<{ id: string; to: number; duplicates: number }[]>`
    /* how far intakes are absorbed */ SELECT id, absorbed_to AS "to", duplicates FROM intakes WHERE id = ANY(${ids}::text[])`;
  return new Map(rows.map(({ id, ...absorbed }) => [id, absorbed]));
}

type Absorption = {
  intakeId: string;
  from: number;
  to: number;
  rows: number;
  duplicates: number;
  suppressed: number;
};

/** Advances an intake over the blocks that this transaction absorbed. `false`: another worker did so already. */
export async function advanceIntake(tx: Sql, absorption: Absorption): Promise<boolean> {
  const { intakeId, from, to, rows, duplicates, suppressed } = absorption;
  const advanced = await tx.$executeRaw`
    /* an intake is absorbed */ UPDATE intakes SET absorbed_to = ${to}, absorbed_rows = absorbed_rows + ${rows}, duplicates = duplicates + ${duplicates},
           suppressed = suppressed + ${suppressed}
    WHERE id = ${intakeId} AND absorbed_to = ${from}`;
  return advanced === 1;
}

/** An intake whose blocks are in the buffer and that the ledger has lost: its rows come in all the same. */
export async function adoptIntake(tx: Sql, runId: string, id: string, absorbedTo: number): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO intakes (id, run_id, source, generation, absorbed_to)
    VALUES (${id}, ${runId}, ${`recovered ${id}`}, 1, ${absorbedTo})`;
  await tx.$executeRaw`UPDATE runs SET drained_at = NULL, finished_at = NULL WHERE id = ${runId}`;
}

export function intakesOf(db: Sql, runId: string): Promise<IntakeState[]> {
  return intakesOfRuns(db, [runId]);
}

export async function intakesOfRuns(db: Sql, runIds: readonly string[]): Promise<(IntakeState & { runId: string })[]> {
  if (runIds.length === 0) return [];
  return db.$queryRaw<(IntakeState & { runId: string })[]>`
    SELECT run_id AS "runId", id, source, generation, blocks, rows, absorbed_to AS "absorbedTo", absorbed_rows AS "absorbedRows",
           duplicates, suppressed, closed_at IS NOT NULL AS closed, superseded_at IS NOT NULL AS superseded
    FROM intakes WHERE run_id = ANY(${[...runIds]}::text[]) ORDER BY opened_at`;
}

function only<T>(rows: T[]): T {
  if (rows.length !== 1 || rows[0] === undefined) throw new Error(`expected one row, got ${rows.length}`);
  return rows[0];
}

export function newIntakeId(): string {
  return randomBytes(8).toString('hex');
}
