/** Something that waits for a person, as far as a sentence about it needs it. */
type Waiting = {
  kind: string;
  runId: string | null;
  campaign: string | null;
  account: string | null;
  name: string | null;
  recipients: number;
};

/** What waits, in a sentence without its reason: `3,000 recipients of "December" (r1) are unknown`. */
export function describeAttention(waiting: Waiting): string {
  const { kind, campaign, account, recipients } = waiting;
  const people = `${recipients.toLocaleString('en-US')} ${recipients === 1 ? 'recipient' : 'recipients'}`;
  const of = subjectOf(waiting);
  switch (kind) {
    case 'stopped':
      return `${account === null ? 'everything is' : `account ${account} is`} stopped; ${people} wait`;
    case 'workers':
      return `nobody delivers${account === null ? '' : ` for account ${account}`}; ${people} wait`;
    case 'settings':
      return 'workers have other settings than others, and what is sent depends on which comes first';
    case 'account_held':
      return `account ${account} sends nothing; ${people} wait`;
    case 'unknown':
      return `nobody knows whether ${people} of ${of} were messaged`;
    case 'approval':
      return `${people} of ${of} wait for approval`;
    case 'refused':
      return `${people} of ${of} were refused`;
    case 'missing':
      return `${people} of ${of} are missing`;
    case 'stalled':
      return `${of} gets nowhere; ${people} wait`;
    case 'failing':
      return campaign === null
        ? `${of} was given up; ${people} get nothing`
        : `campaign ${JSON.stringify(campaign)} fails${recipients === 0 ? '' : `; ${people} get nothing`}`;
    case 'template':
      return campaign !== null && waiting.runId === null
        ? `campaign ${JSON.stringify(campaign)} is paused, as its template doesn't get through; ${people} wait`
        : `the template of ${of} doesn't get through; ${people} wait`;
    default:
      return `${of} ${waiting.runId === null ? 'are' : 'is'} held; ${people} wait`;
  }
}

function subjectOf({ runId, name, account }: Waiting): string {
  if (runId === null) return `single messages of account ${account}`;
  return name === null ? `run ${runId}` : `${JSON.stringify(name)} (${runId})`;
}
