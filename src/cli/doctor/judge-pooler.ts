import type { Context } from '../../context.js';
import { probePooler } from '../../store/migrations/pooler.js';
import { type Finding, found } from './check.js';

const ofRole =
  'idle_in_transaction_session_timeout, lock_timeout, statement_timeout and timezone (UTC) for the role, by ALTER ROLE … SET';

/** Whether there is a pooler before Postgres that takes away what Siaran needs of a session. */
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
    case 'neither':
      return {
        ok: false,
        detail: 'shared by a pooler in transaction mode, which loses named statements',
        todo: `Set \`pool_mode = session\` in PgBouncer; or, from PgBouncer 1.21 on, \`max_prepared_statements = 100\`, and set ${ofRole}.`,
      };
  }
}
