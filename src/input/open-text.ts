import { decodeUtf8 } from './decode-utf8.js';
import { unpack } from './unpack.js';

export type OpenedText = {
  text: AsyncGenerator<string, void>;
  /** Of what was given, packed or not. */
  bytesRead(): number;
};

/** The text of a file in UTF-8, packed with gzip or not. `name` is what messages call it. */
export function openText(stream: AsyncIterable<Buffer>, name: string): OpenedText {
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of stream) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  return { text: decodeUtf8(unpack(counted(), name), name), bytesRead: () => bytes };
}

/** What was read of a text already, and then the rest of it. */
export async function* textFrom(start: string, rest: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  try {
    yield start;
    yield* rest;
  } finally {
    // For a consumer that stops within `start`, when the rest was not begun.
    await rest.return();
  }
}
