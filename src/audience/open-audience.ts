import { type AudienceSpec, showAudience } from '../domain/campaigns/audience.js';
import { type FittingOrAny, noFitting } from '../domain/columns/column-map.js';
import { showMasked } from '../domain/numbers/mask-number.js';
import { AudienceError, UsageError } from '../errors.js';
import { audienceFault } from './audience-fault.js';
import type { AudienceSource } from './audience-source.js';
import { openFileAudience } from './file-audience.js';
import { fitSource } from './fit-source.js';
import { type AudienceFunctions, type Firing, openFunctionAudience } from './function-audience.js';
import { openSqlAudience } from './sql-audience.js';

export type { AudienceFunction } from './function-audience.js';

export type AudienceMeans = {
  /** Where queries are asked. Undefined: none are. */
  databaseUrl: string | undefined;
  ledgerUrl: string;
  /** How long the database may be at work for one audience, all its rows together. */
  timeoutMs: number;
  /** Below it are the files of audiences. Undefined: none are read. */
  dir: string | undefined;
  functions: AudienceFunctions;
  named: ReadonlyMap<string, AudienceSpec>;
  /** Aborted when nobody wants the audience any more: it is closed then, and its query ended on the server. */
  signal?: AbortSignal | undefined;
};

export type OpenedAudience = {
  /** What messages call it, its numbers masked. */
  name: string;
  /** Undefined for a function, which shows them row by row, and for a file that has nothing in it. */
  columns: readonly string[] | undefined;
  /**
   * Objects keyed by column, to be read once, in one loop; a line of a file that is none is in there too, as what a
   * recipient reader rejects. They end only where the audience ends: when it is closed before that, they throw.
   */
  rows: AsyncIterable<unknown>;
  /** Needed only where `rows` aren't read: a loop over them closes the audience however it ends. May be called again. */
  close(): Promise<void>;
};

/**
 * Opens an audience for one firing; its heads become columns as `fitting` says. No more of it is held than a thousand rows, or some buffers of a file.
 * @throws {AudienceError} for whatever goes wrong in the audience itself, also while iterating.
 */
export async function openAudience(
  spec: AudienceSpec,
  means: AudienceMeans,
  firing: Firing,
  fitting: FittingOrAny = noFitting,
): Promise<OpenedAudience> {
  const name = showAudience(spec);
  try {
    const source = await openSource(spec, name, { means, firing, fitting });
    return guard(name, source, means.signal);
  } catch (error) {
    throw audienceFault(name, means.signal?.aborted ? means.signal.reason : error);
  }
}

type Opening = { means: AudienceMeans; firing: Firing; fitting: FittingOrAny };

/** Messages tell its name only: what it stands for is the configuration's. */
function openNamed(asked: string, name: string, opening: Opening): Promise<AudienceSource> {
  const { named } = opening.means;
  const spec = named.get(asked);
  if (spec) return openSource(spec, name, opening);
  const known = [...named.keys()].slice(0, 10).map(showMasked).join(', ') || 'none';
  throw new UsageError(`SIARAN_AUDIENCES_FILE names no such audience here; it names ${known}.`);
}

async function openSource(spec: AudienceSpec, name: string, opening: Opening): Promise<AudienceSource> {
  const { means, firing, fitting } = opening;
  switch (spec.kind) {
    case 'file':
      return openFileAudience(spec.path, name, means, fitting);
    case 'sql':
      return fitSource(await openSqlAudience(spec.query, name, means), name, fitting);
    case 'named':
      return openNamed(spec.name, name, opening);
    case 'function':
      return fitSource(await openFunctionAudience(spec.name, means.functions, firing), name, fitting);
  }
}

function guard(name: string, source: AudienceSource, signal: AbortSignal | undefined): OpenedAudience {
  let closed = false;
  const refuseIfClosed = (): void => {
    // To end here would look as if these had been all recipients.
    if (closed) throw new AudienceError(`The audience ${name} was closed before all its rows were read.`);
  };
  const close = async (): Promise<void> => {
    closed = true;
    signal?.removeEventListener('abort', giveUp);
    await source.close();
  };
  const giveUp = (): void => void close().catch(() => {});
  signal?.addEventListener('abort', giveUp, { once: true });
  async function* read(): AsyncGenerator<unknown, void> {
    try {
      for await (const row of source.rows) {
        refuseIfClosed();
        yield row;
        refuseIfClosed();
      }
      refuseIfClosed();
    } catch (error) {
      refuseIfClosed();
      throw audienceFault(name, error);
    } finally {
      signal?.removeEventListener('abort', giveUp);
      await source.close();
    }
  }
  return {
    name,
    columns: source.columns,
    rows: read(),
    close: () =>
      close().catch((error: unknown) => {
        throw audienceFault(name, error);
      }),
  };
}
