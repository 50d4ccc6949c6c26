import { tmpdir } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AudienceFunction, AudienceMeans } from '../../src/audience/open-audience.js';
import { openAudience } from '../../src/audience/open-audience.js';
import { type AudienceSpec, parseAudience } from '../../src/domain/campaigns/audience.js';

export const firing = { campaign: 'invoices', firesAt: new Date('2026-12-01T02:00:00Z') };

/** Where nothing listens. */
export const nowhere = 'postgres://reader:hunter22@127.0.0.1:1/crm';

export function means(
  given: Partial<Omit<AudienceMeans, 'functions'>> & { functions?: Record<string, AudienceFunction> },
) {
  const { functions = {}, ...rest } = given;
  return {
    databaseUrl: nowhere,
    ledgerUrl: 'postgres://siaran@127.0.0.1:1/siaran',
    timeoutMs: 10_000,
    dir: tmpdir(),
    named: new Map(),
    ...rest,
    functions: new Map(Object.entries(functions)),
  };
}

export function spec(text: string): AudienceSpec {
  const reading = parseAudience(text);
  if (!reading.ok) throw new Error(reading.reason);
  return reading.audience;
}

export async function collect(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const collected: unknown[] = [];
  for await (const row of rows) collected.push(row);
  return collected;
}

/** Every row of an audience, and what it ended with. */
export async function readAudience(text: string, given: AudienceMeans): Promise<{ rows: unknown[]; error: unknown }> {
  const rows: unknown[] = [];
  try {
    const opened = await openAudience(spec(text), given, firing);
    for await (const row of opened.rows) rows.push(row);
    return { rows, error: undefined };
  } catch (error) {
    return { rows, error };
  }
}

/** Counts rows, and what they keep in memory at most on the way. */
export async function measure(rows: AsyncIterable<unknown>): Promise<{ count: number; heldBytes: number }> {
  const before = heldNow();
  let [count, heldBytes] = [0, 0];
  for await (const _ of rows) {
    count += 1;
    if (count % 20_000 === 10_500) heldBytes = Math.max(heldBytes, heldNow() - before);
  }
  return { count, heldBytes };
}

/** What isn't garbage. */
function heldNow(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
