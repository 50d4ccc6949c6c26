import type { Config } from '../../config/config.js';
import type { Context } from '../../context.js';
import { disagreementsWithWorkers } from '../../pipeline/views/disagreements.js';
import { type Finding, found } from './check.js';

/** How many are told of a long list. */
const mostTold = 10;

/** Whether something reads each variable: a safety whose name is misspelt is off. */
export function judgeVariables({ unknownVariables: unknown }: Config): Finding {
  if (unknown.length === 0) return found('each variable of SIARAN_ is known');
  return {
    ok: true,
    detail: `nothing reads ${unknown.slice(0, mostTold).join(', ')}${unknown.length > mostTold ? ' and more' : ''}`,
    todo: 'Correct the names, unless a program of another version reads them.',
  };
}

/** Whether workers and this process have the same calendars, audiences, accounts and variables. */
export async function judgeSettings(ctx: Context): Promise<Finding> {
  const { workers, disagreements } = await disagreementsWithWorkers(ctx);
  if (workers === 0) return found('no worker at work tells its settings');
  if (disagreements.length === 0)
    return found(`the same at ${workers === 1 ? 'the worker' : `${workers} workers`} and here`);
  const told = disagreements.slice(0, mostTold).map(({ words }) => words);
  return {
    ok: false,
    detail: [...told, ...(disagreements.length > mostTold ? ['and more'] : [])].join('; '),
    todo: 'Give workers, the admin and the command line the same files and variables, and start those anew that have others.',
  };
}
