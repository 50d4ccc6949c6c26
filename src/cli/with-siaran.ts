import { type Config, parseConfig } from '../config/config.js';
import type { Environment, LogLevel } from '../config/environment.js';
import { type Context, openContext } from '../context.js';
import { siaranWith } from '../index.js';
import type { Siaran } from '../library/siaran.js';
import { refuseOtherDatabase } from '../pipeline/own-prefix.js';
import type { Tracing } from '../telemetry/trace.js';
import { explain } from './terminal/failure.js';

export type Opened = Readonly<{ ctx: Context; siaran: Siaran }>;

type OpenOptions = {
  /** Unless LOG_LEVEL is set. Who types a short command wants its result or one message; who waits wants to know why. */
  logLevel?: LogLevel;
  env?: Environment;
  /** Whose the prefix in Redis is, is a finding of the command, or its business. */
  anyPrefix?: true;
};

/** Opens what a command needs, and closes it however the command ends. */
export async function withSiaran<T>(
  work: (session: Opened) => Promise<T>,
  { logLevel = 'error', env = process.env, anyPrefix }: OpenOptions = {},
): Promise<T> {
  const config = parseConfig(env, { LOG_LEVEL: logLevel });
  const tracing = await loadTracing(config);
  const ctx = openContext(config, tracing);
  const siaran = siaranWith(ctx);
  try {
    if (!anyPrefix) await refuseOtherDatabase(ctx);
    return await work({ ctx, siaran });
  } catch (error) {
    throw await explain(error, ctx.config);
  } finally {
    await siaran.close();
    await tracing?.close();
  }
}

/** Loaded only if it is asked for, as it takes long. */
async function loadTracing(config: Config): Promise<Tracing | undefined> {
  if (!config.tracing) return undefined;
  const { startTracing } = await import('../telemetry/start.js');
  return startTracing(config.baseUrl, config.tracing);
}
