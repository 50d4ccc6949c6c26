import { showMasked } from '../domain/numbers/mask-number.js';
import { UsageError } from '../errors.js';
import type { AudienceSource } from './audience-source.js';

/** Which firing of which campaign asks for recipients. */
export type Firing = {
  /** The campaign's name. */
  campaign: string;
  /** The instant that it fires for, whose messages start then. */
  firesAt: Date;
};

type Rows = Iterable<unknown> | AsyncIterable<unknown>;

/**
 * Returns the recipients of one firing: objects keyed by column, as an array, an iterable or an async iterable. A worker calls it
 * once for each firing, and again if the first worker died. If it throws, the firing fails and nothing of it is sent.
 */
export type AudienceFunction = (firing: Firing) => Rows | Promise<Rows>;

export type AudienceFunctions = ReadonlyMap<string, AudienceFunction>;

/** Calls the function; what it returns is read only as rows are asked for. */
export async function openFunctionAudience(
  name: string,
  functions: AudienceFunctions,
  firing: Firing,
): Promise<AudienceSource> {
  const give = functions.get(name);
  if (give === undefined) throw new UsageError(`no function of this name is registered here; ${listed(functions)}.`);
  const given: unknown = await give({ campaign: firing.campaign, firesAt: new Date(firing.firesAt) });
  if (!isIterable(given)) {
    const what = given === null ? 'null' : typeof given;
    throw new UsageError(
      `it must return an array, or another iterable or async iterable, of objects keyed by column, not ${what}.`,
    );
  }
  return { columns: undefined, ...reading(given) };
}

function listed(functions: AudienceFunctions): string {
  if (functions.size === 0) return 'there are none';
  const names = [...functions.keys()].slice(0, 10).map(showMasked).join(', ');
  return `there are ${names}${functions.size > 10 ? ` and ${functions.size - 10} more` : ''}`;
}

/** A text is iterable too, but its letters are no recipients. */
function isIterable(given: unknown): given is Rows {
  return typeof given === 'object' && given !== null && (Symbol.asyncIterator in given || Symbol.iterator in given);
}

function reading(given: Rows): Pick<AudienceSource, 'rows' | 'close'> {
  let busy = false;
  async function* read(): AsyncGenerator<unknown, void> {
    busy = true;
    for await (const row of given) {
      busy = false;
      yield row;
      busy = true;
    }
    busy = false;
  }
  const rows = read();
  return {
    rows,
    async close() {
      // Lets the function tidy up behind itself. One that is busy can't be interrupted, and isn't waited for.
      const left = rows.return();
      if (busy) left.catch(() => {});
      else await left;
    },
  };
}
