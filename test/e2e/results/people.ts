/** The three firings of the trial: each has two fifths of the people, and shares a tenth with the one before. */
export const firings = [
  { account: 'default', parts: [[0, 0.4]] },
  { account: 'cards', parts: [[0.3, 0.7]] },
  // Besides, the first people of the first firing, through the same account.
  {
    account: 'default',
    parts: [
      [0.7, 1],
      [0, 0.1],
    ],
  },
] as const;

type Firing = (typeof firings)[number];

/** One of fifty has a number that begins with +1. */
export function numberOf(person: number): string {
  return person % 50 === 0 ? `12125${100_000 + person}` : `62812${10_000_000 + person}`;
}

export function peopleOf({ parts }: Firing, of: number): string[] {
  return rangesOf(parts, of).flatMap(([from, to]) =>
    Array.from({ length: to - from }, (_, index) => numberOf(from + index)),
  );
}

/** The same people, as a campaign's audience. */
export function audienceOf({ parts }: Firing, of: number): string {
  const ranges = rangesOf(parts, of).map(([from, to]) => `SELECT * FROM generate_series(${from}, ${to - 1}) AS i`);
  return `sql:SELECT CASE WHEN i % 50 = 0 THEN '+12125' || (100000 + i) ELSE '+62812' || (10000000 + i) END AS phone_number,
    'Customer ' || i AS customer_name, 'INV-' || i AS body_variable1 FROM (${ranges.join(' UNION ALL ')}) AS people`;
}

function rangesOf(parts: Firing['parts'], of: number): [from: number, to: number][] {
  return parts.map(([from, to]) => [Math.round(from * of), Math.round(to * of)]);
}
