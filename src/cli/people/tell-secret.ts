import { note, print } from '../terminal/output.js';

/** Only the secret goes to standard output, so that it can be piped to where it is kept. */
export async function tellSecret(words: string, secret: string): Promise<void> {
  note(`${words}:`);
  await print(secret);
}
