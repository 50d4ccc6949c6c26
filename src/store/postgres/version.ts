import type { Client } from 'pg';
import { SiaranError } from '../../errors.js';

/** Older ones can't read the migrations, where a sub-query stands without a name. */
const oldest = 16;

/** As Postgres tells it: `16.14`, and 160014. */
type PostgresVersion = { version: string; versionNumber: number };

/** Why a Postgres can't hold the ledger, and what to do; undefined if it can. */
export function faultOfVersion({ version, versionNumber }: PostgresVersion): string | undefined {
  if (versionNumber >= oldest * 10_000) return undefined;
  return `This Postgres is version ${version}, and Siaran needs ${oldest} or newer.`;
}

/** What to do about it. */
export const versionAdvice = `Update Postgres to ${oldest} or newer.`;

/** @throws {SiaranError} `MIGRATION`, before anything is changed. */
export async function refuseOldPostgres(client: Client): Promise<void> {
  const { rows } = await client.query<PostgresVersion>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS "versionNumber"`,
  );
  const fault = rows[0] && faultOfVersion(rows[0]);
  if (fault !== undefined) throw new SiaranError('MIGRATION', `${fault} ${versionAdvice}`);
}
