import type { AudienceMeans } from '../../audience/open-audience.js';
import type { Context } from '../../context.js';

/** What this process has to read audiences with. */
export function audienceMeans({ config, audienceFunctions }: Context): AudienceMeans {
  return {
    databaseUrl: config.audienceDatabaseUrl,
    statementTimeoutMs: config.audienceTimeoutMs,
    functions: audienceFunctions,
  };
}
