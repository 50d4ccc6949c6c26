import type { Context } from '../../context.js';
import { poolerAdvice, probePooler } from '../../store/migrations/pooler.js';
import { type Finding, found } from './check.js';

const ofRole =
  'idle_in_transaction_session_timeout, lock_timeout, statement_timeout and timezone (UTC) for the role, by ALTER ROLE … SET';

/** Whether there is a pooler before Postgres that takes away what Siaran needs of a session, or has none. */
export async function judgePooler({ config }: Context): Promise<Finding> {
  switch (await probePooler(config.databaseUrl)) {
    case 'own sessions':
      return found('each connection has its own');
    case 'named statements':
      return {
        ok: true,
        detail: 'shared by a pooler in transaction mode, which keeps named statements',
        todo: `Set ${ofRole}: what Siaran sets of a session goes to whoever comes next.`,
      };
    case 'no session left':
      return {
        ok: false,
        detail: 'a connection is let in, and its statements wait: a pooler has no session left for it',
        todo: 'Set `default_pool_size` in PgBouncer to more than all processes open together (each SIARAN_CONCURRENCY × accounts + 8), and `max_connections` in Postgres to more than that. If there is no pooler, find out why Postgres answers nothing.',
      };
    case 'neither':
      return {
        ok: false,
        detail: 'shared by a pooler in transaction mode, which loses named statements',
        todo: `${poolerAdvice}, and set ${ofRole}.`,
      };
  }
}
