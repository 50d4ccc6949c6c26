/** The role of a local Postgres that audiences are asked as: it may read what it is granted, and nothing else. */
export const audienceRole = 'siaran_audience';

/** A local database's address as that role. */
export function audienceUrl(databaseUrl: string): string {
  return Object.assign(new URL(databaseUrl), { username: audienceRole }).href;
}
