import { isSigned } from '../../domain/runs/block-signature.js';
import { type BufferedBlock, mostBlockBytes } from '../../queue/buffer.js';

/** The blocks of a buffer, verified and not. `unverified`: with the reason why it must not be cut. */
export type JudgedBlocks = { verified: BufferedBlock[]; unverified: UnverifiedBlock[] };
export type UnverifiedBlock = BufferedBlock & { fault: string };

/**
 * Separates the blocks of a run that its producers have signed from all others: a program that can only write to Redis can't choose who is
 * messaged.
 * Of one intake they come in the order of their numbers, each once. A block that was cut already is no fault: it is known as absorbed.
 */
export function verifyBlocks(key: Uint8Array, runId: string, blocks: readonly BufferedBlock[]): JudgedBlocks {
  const judged: JudgedBlocks = { verified: [], unverified: [] };
  const latest = new Map<string, number>();
  for (const block of blocks) {
    const fault = faultOf(key, runId, block, latest.get(block.intakeId) ?? 0);
    if (fault !== undefined) {
      judged.unverified.push({ ...block, fault });
      continue;
    }
    latest.set(block.intakeId, block.number);
    judged.verified.push(block);
  }
  return judged;
}

function faultOf(key: Uint8Array, runId: string, block: BufferedBlock, latest: number): string | undefined {
  if (block.bytes > mostBlockBytes)
    return `has ${block.bytes.toLocaleString('en')} bytes, more than any producer makes`;
  if (block.signature === '') return 'has no signature';
  if (!isSigned(key, runId, block, block.signature)) return "doesn't match its signature";
  return block.number > latest ? undefined : `comes after block ${latest}`;
}

/** Why a run is held of which these were found, for people. */
export function unverifiedReason(blocks: readonly UnverifiedBlock[]): string {
  const [first] = blocks;
  const one = blocks.length === 1;
  const name = first?.intakeId ? `block ${first.number} of intake ${first.intakeId}` : 'one with an unreadable head';
  const found = one
    ? `a block of its rows in Redis (${name}) ${first?.fault}`
    : `${blocks.length} blocks of its rows in Redis aren't as a producer made them (the first, ${name}, ${first?.fault})`;
  return `${found}: somebody else has written to Redis, or a version from before there were signatures. ${one ? 'It was' : 'They were'} set aside, and nobody in ${one ? 'it' : 'them'} is messaged; rows that are missing then come in by enqueueing the same again`;
}
