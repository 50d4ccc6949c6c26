/**
 * A reason with the columns of the list in the place of the template's: whoever made the list knows `No. HP`, not `phone_number`.
 * @param mapping the column of the list for each of the template; `null`: none.
 */
export function inWordsOfList(reason: string, mapping: Readonly<Record<string, string | null>>): string {
  return reason.replace(/^(it is rejected: )?(\w+)(?=[ :])/, (found, before: string | undefined, column: string) => {
    const head = Object.hasOwn(mapping, column) ? mapping[column] : null;
    return typeof head === 'string' ? `${before ?? ''}"${head}"` : found;
  });
}
