/** What a run needs before anything of it goes out, and how far that is known. */
export type ApprovalNeed = {
  /** With more people it needs an approval; 0: always. */
  above: number;
  /** How many are in it so far. */
  people: number;
  /** Whether all of them are: it is sealed, and all of it is cut. */
  isWhole: boolean;
  startedBy: string | null;
  /** Who has approved it with another text of its template than that of now; `null`: nobody. */
  approvedOtherText: string | null;
};

/** How many rows of a run an approver is shown. */
export const rowsShown = 5;

/** Why nothing of a run goes out that lacks an approval. */
export function approvalReason({ above, people, isWhole, startedBy, approvedOtherText }: ApprovalNeed): string {
  const somebody = startedBy === null ? 'somebody has' : `somebody other than ${startedBy} has`;
  if (!isWhole && people <= above && above > 0)
    return `it is known only once it is sealed whether it has more than ${count(above)} people, which somebody has to approve`;
  const has = above > 0 ? `it has ${count(people)} people, more than ${count(above)}, and waits` : 'it waits';
  const since =
    approvedOtherText === null ? '' : `, as its template's text has changed since ${approvedOtherText} approved it`;
  return `${has} until ${somebody} approved it${since}`;
}

/** The smallest of the numbers of people above which an approval is needed: no setting takes back what another one asks for. */
export function strictest(...above: readonly (number | null | undefined)[]): number | undefined {
  const set = above.filter((number) => typeof number === 'number');
  return set.length === 0 ? undefined : Math.min(...set);
}

/** Whether two names are one person's, as people write their own. */
export function isSamePerson(one: string | null, other: string): boolean {
  return one !== null && plain(one) === plain(other);
}

function plain(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
