/** What the provider says of a part of a file. */
export type Verdict = { accepted: true } | { accepted: false; words: string };

type Bisection<Row> = { good: Row[]; bad: Row[]; words: string };

/**
 * Finds the rows for which a file was refused, by trying halves: uploading sends nothing. It stops at once when both first
 * halves are refused alike, because then it is the template and not a row, and after `mostTries`: what it hasn't found out
 * about by then counts as bad, so that no row goes out that may be refused.
 * @param words what the provider said of the whole.
 */
export async function bisect<Row>(
  rows: readonly Row[],
  words: string,
  ask: (rows: readonly Row[]) => Promise<Verdict>,
  mostTries: number,
): Promise<Bisection<Row>> {
  const found: Bisection<Row> = { good: [], bad: [], words };
  let triesLeft = mostTries;
  const refused: (readonly Row[])[] = [rows];
  for (let part = refused.pop(); part; part = refused.pop()) {
    if (part.length === 1 || triesLeft < 2) {
      found.bad.push(...part);
      continue;
    }
    const [left, right] = halves(part);
    const first = await ask(left);
    triesLeft -= 1;
    if (first.accepted) {
      found.good.push(...left);
      // The whole was refused and its left half wasn't: it is the right one.
      refused.push(right);
      continue;
    }
    found.words = first.words;
    const second = await ask(right);
    triesLeft -= 1;
    if (part === rows && !second.accepted && second.words === first.words)
      return { good: [], bad: [...rows], words: first.words };
    refused.push(left);
    if (second.accepted) found.good.push(...right);
    else refused.push(right);
  }
  return found;
}

function halves<Row>(rows: readonly Row[]): [readonly Row[], readonly Row[]] {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
}
