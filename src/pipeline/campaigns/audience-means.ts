import type { AudienceMeans } from '../../audience/open-audience.js';
import type { Context } from '../../context.js';

/** What this process has to read audiences with. @param signal aborted when nobody wants them any more. */
export function audienceMeans({ config, audienceFunctions }: Context, signal?: AbortSignal): AudienceMeans {
  return {
    databaseUrl: config.audienceDatabaseUrl,
    ledgerUrl: config.databaseUrl,
    timeoutMs: config.audienceTimeoutMs,
    dir: config.audienceDir,
    functions: audienceFunctions,
    named: config.namedAudiences,
    signal,
  };
}
