import type { Context } from '../../context.js';
import { identityOf } from '../../domain/numbers/number-identity.js';
import { compilePhoneNumberReader } from '../../domain/numbers/phone-number.js';
import { suppressedAmong } from '../../store/suppressions.js';

/** So many rows are looked at for one that may be shown. */
const mostRows = 20;

/**
 * What stands in the columns of a list, by head, so that somebody who chooses among them sees what they hold. It is the first row in which no
 * value is the number of somebody who is suppressed or was forgotten: which column has the numbers isn't known so far. `{}`: there is none.
 */
export async function exampleRow(
  ctx: Context,
  rows: AsyncIterable<unknown>,
): Promise<Readonly<Record<string, string>>> {
  const readNumber = compilePhoneNumberReader(ctx.config.defaultCountry);
  let looked = 0;
  for await (const row of rows) {
    looked += 1;
    if (typeof row === 'object' && row !== null) {
      const values = Object.entries(row).flatMap(([head, value]) => (isShown(value) ? [[head, String(value)]] : []));
      const identities = values.flatMap(([, value = '']) => {
        const number = readNumber(value);
        return number.ok ? [identityOf(number.digits)] : [];
      });
      if ((await suppressedAmong(ctx.db, identities)).size === 0) return Object.fromEntries(values);
    }
    if (looked === mostRows) break;
  }
  return {};
}

function isShown(value: unknown): value is string | number {
  return (typeof value === 'string' && value.trim() !== '') || typeof value === 'number';
}
