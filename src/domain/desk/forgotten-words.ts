/** What became of a request to forget somebody, in a sentence or two. */
export function describeForgotten({
  runs,
  messages,
  emptiedDrafts,
}: {
  runs: number;
  messages: number;
  emptiedDrafts: readonly { name: string }[];
}): string {
  const gone = `the number is gone from ${counted(runs, 'run')} and ${counted(messages, 'message')}.`;
  if (emptiedDrafts.length === 0) return gone;
  const names = emptiedDrafts.map(({ name }) => JSON.stringify(name)).join(', ');
  const isOne = emptiedDrafts.length === 1;
  return `${gone} The ${isOne ? 'list' : 'lists'} of ${counted(emptiedDrafts.length, 'draft')} had it too, and ${isOne ? 'is' : 'are'} thrown away: ${names}.`;
}

function counted(value: number, one: string): string {
  return `${value.toLocaleString('en-US')} ${one}${value === 1 ? '' : 's'}`;
}
