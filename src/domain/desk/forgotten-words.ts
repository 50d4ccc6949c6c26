/** What a request to forget somebody came to. */
type Told = {
  runs: number;
  messages: number;
  emptiedDrafts: readonly { name: string }[];
  waitingRuns?: readonly string[];
};

/** What became of a request to forget somebody, in a few sentences. */
export function describeForgotten({ runs, messages, emptiedDrafts, waitingRuns = [] }: Told): string {
  const gone = `the number is gone from ${counted(runs, 'run')} and ${counted(messages, 'message')}.`;
  return [gone, draftWords(emptiedDrafts), waitingWords(waitingRuns)].filter((words) => words !== '').join(' ');
}

function draftWords(emptied: Told['emptiedDrafts']): string {
  if (emptied.length === 0) return '';
  const names = emptied.map(({ name }) => JSON.stringify(name)).join(', ');
  const isOne = emptied.length === 1;
  return `The ${isOne ? 'list' : 'lists'} of ${counted(emptied.length, 'draft')} had it too, and ${isOne ? 'is' : 'are'} thrown away: ${names}.`;
}

/** The answer is shown in one line, which has its bound. */
const mostNamed = 5;

function waitingWords(waiting: readonly string[]): string {
  if (waiting.length === 0) return '';
  const named = waiting.slice(0, mostNamed).join(', ');
  const others = waiting.length > mostNamed ? ` and ${waiting.length - mostNamed} more` : '';
  return `It isn't complete: rows with it wait in ${counted(waiting.length, 'run')} (${named}${others}) until a worker cuts them, which drops them. Forget it again then.`;
}

function counted(value: number, one: string): string {
  return `${value.toLocaleString('en-US')} ${one}${value === 1 ? '' : 's'}`;
}
