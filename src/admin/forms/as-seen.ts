import * as z from 'zod';
import { ChangedMeanwhileError } from '../../errors.js';

/** The longest is that of an approval: two digests, and a point between them. */
const state = z.string().max(200);

/** What a change over HTTP may carry: the state of what it is about, as its caller saw it. */
export const ifState = {
  ifState: state
    .optional()
    .describe('the `state` that you saw: if it is another one by now, nothing is done, and the answer is 409'),
};

/** The body of a change that needs no other field, and therefore no body either. */
export const ifStateBody = z.strictObject(ifState).nullish();

/** What the form of a page carries: always. */
export const seenForm = { ifState: state };

/** Gives the error that something isn't any more as its caller saw it how it stands now, which is told with the answer 409. */
export async function orCurrent<T>(work: Promise<T>, current: () => Promise<unknown>): Promise<T> {
  const done = await orMoved(work);
  if (!(done instanceof ChangedMeanwhileError)) return done;
  done.current = await current();
  throw done;
}

/** What came of a change, or the error that what it is about isn't any more as it was seen. */
export async function orMoved<T>(work: Promise<T>): Promise<T | ChangedMeanwhileError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ChangedMeanwhileError) return error;
    throw error;
  }
}
