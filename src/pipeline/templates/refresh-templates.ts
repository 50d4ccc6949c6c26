import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.js';
import type { ToldTemplate } from '../../domain/templates/told-template.js';
import { messageOf } from '../../errors.js';
import { providerWords } from '../../qiscus/answers.js';
import type { Qiscus } from '../../qiscus/client.js';
import { readTemplatePage } from '../../qiscus/templates.js';
import { isBeingAsked, noteTemplateFault, replaceTemplates, takeTurnToAsk } from '../../store/templates.js';

/** So many on a page: an answer above 1 MB isn't read, and a template has a text for each of its languages. */
const pageSize = 50;

/** An account with more pages isn't read. Meta allows 6,000 templates to a business; Qiscus may tell fewer on a page than it is asked for. */
const mostPages = 200;

/** A person may be waiting for it. */
const longestRequestMs = 10_000;

const lookEveryMs = 50;

/**
 * Asks Qiscus for the templates of accounts, and keeps them. An account that was asked within `notWithinMs` isn't asked again, and what
 * Qiscus doesn't tell stays as it was kept. Returns what was wrong, a sentence for each account.
 */
export async function refreshTemplates(
  ctx: Context,
  accounts: readonly string[],
  notWithinMs: number,
): Promise<string[]> {
  const { config } = ctx;
  const known = accounts.filter((account) => config.accounts.has(account));
  const due = known.length === 0 ? [] : await takeTurnToAsk(ctx.db, known, notWithinMs);
  await waitForOthers(
    ctx,
    known.filter((account) => !due.includes(account)),
  );
  if (due.length === 0) return [];
  // Who only enqueues or looks shouldn't wait for the HTTP client to be loaded.
  const { QiscusAccounts } = await import('../../qiscus/accounts.js');
  const wanted = new Map([...config.accounts].filter(([name]) => due.includes(name)));
  const qiscus = new QiscusAccounts(wanted, Math.min(config.requestTimeoutMs, longestRequestMs), 1);
  try {
    const faults: string[] = [];
    for (const account of due) {
      const fault = await refreshAccount(ctx, account, qiscus.of(account));
      if (fault !== undefined) faults.push(`Qiscus did not tell the templates of account ${account}: ${fault}`);
    }
    return faults;
  } finally {
    await qiscus.close();
  }
}

/** Another process may be asking at this moment: what it is told is worth the wait. */
async function waitForOthers(ctx: Context, accounts: readonly string[]): Promise<void> {
  while (accounts.length > 0 && !ctx.closing.aborted && (await isBeingAsked(ctx.db, accounts, longestRequestMs)))
    await sleep(lookEveryMs);
}

async function refreshAccount(ctx: Context, account: string, qiscus: Qiscus): Promise<string | undefined> {
  const told = await askForAll(qiscus);
  if ('fault' in told) {
    ctx.logger.debug({ account, error: told.fault }, 'templates not told');
    await noteTemplateFault(ctx.db, account, told.fault);
    return told.fault;
  }
  await ctx.db
    .$transaction((tx) => replaceTemplates(tx, account, told.templates))
    .catch(async (error: unknown) => {
      await noteTemplateFault(ctx.db, account, messageOf(error).slice(0, 500)).catch(() => {});
      throw error;
    });
  ctx.logger.debug({ account, templates: told.templates.length }, 'templates told');
  return undefined;
}

/** All pages or none: a part of the list must not stand for the whole. */
async function askForAll(qiscus: Qiscus): Promise<{ templates: ToldTemplate[] } | { fault: string }> {
  const byId = new Map<number, ToldTemplate>();
  const seen = new Set<string>();
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await qiscus.templates(page, pageSize);
    if (!('status' in answer)) return { fault: answer.error };
    const read = readTemplatePage(answer);
    if (!read) return { fault: providerWords(answer) };
    // Qiscus may cap its pages, so that a short one ends nothing. Without anything new there is no more: who ignores the page's number tells the
    // first one for ever.
    if (read.told.every((one) => seen.has(one))) return { templates: [...byId.values()] };
    for (const one of read.told) seen.add(one);
    for (const template of read.templates) byId.set(template.templateDetailId, template);
  }
  return { fault: `there is no end after ${mostPages} pages` };
}
