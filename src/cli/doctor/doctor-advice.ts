import { isCertificateError, UnavailableError } from '../../errors.js';
import { isRedisAway, isRedisFull, isRedisRefused } from '../../queue/redis/redis-faults.js';
import { isPostgresAway, isPostgresRefused } from '../../store/postgres/database.js';
import { isNotMigrated, isOutOfConnections } from '../../store/postgres/postgres-error.js';

/** What sending can't do without. */
export type Service = 'Postgres' | 'Redis';

/** What to do about a service that can't be asked. */
export const startService: Readonly<Record<Service, string>> = {
  Redis: 'Start Redis, or correct REDIS_URL (of a cluster also SIARAN_REDIS_CLUSTER).',
  Postgres: 'Start Postgres, or correct DATABASE_URL.',
};

/** What to do instead, where it is the server's certificate that isn't trusted. */
const trust: Readonly<Record<Service, string>> = {
  Redis:
    "If it is your own CA's, start Siaran with NODE_EXTRA_CA_CERTS=/path/to/ca.pem; otherwise find out which server answers there.",
  Postgres:
    "If it is your own CA's, add sslmode=verify-full&sslrootcert=/path/to/ca.pem to DATABASE_URL; otherwise find out which server answers there.",
};

/**
 * What to do about an error, by what it says of its cause, whatever the check that met it was about: many ask both services.
 * @param otherwise for an error that doesn't tell. @param service what the check is about, for certificates.
 */
export function adviceFor(error: unknown, otherwise: string, service: Service | undefined): string {
  if (isCertificateError(error)) return service ? trust[service] : otherwise;
  if (isOutOfConnections(error))
    return 'Postgres answers but has no connection left: close other connections, raise max_connections, or lower SIARAN_CONCURRENCY (a process opens up to SIARAN_CONCURRENCY × accounts + 8).';
  if (isNotMigrated(error)) return 'Run `siaran migrate`.';
  if (isPostgresRefused(error)) return 'Correct the user, the password or the database in DATABASE_URL.';
  if (isRedisRefused(error)) return 'Correct the user and the password in REDIS_URL.';
  if (isRedisFull(error))
    return 'Redis answers but takes no writes: give it more memory, or free space on its disk. Workers drain it.';
  const culprit = culpritOf(error);
  return culprit ? startService[culprit] : otherwise;
}

function culpritOf(error: unknown): Service | undefined {
  if (error instanceof UnavailableError) return error.service;
  if (isPostgresAway(error)) return 'Postgres';
  return isRedisAway(error) ? 'Redis' : undefined;
}
