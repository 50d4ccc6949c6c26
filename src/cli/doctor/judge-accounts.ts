import { stat } from 'node:fs/promises';
import type { Config } from '../../config/config.js';
import type { Context } from '../../context.js';
import { messageOf } from '../../errors.js';
import { Qiscus } from '../../qiscus/client.js';
import { unfinishedBatches } from '../../store/accounts.js';
import { count } from '../terminal/output.js';
import type { Finding } from './check.js';

/** Whether something answers where each account is; whatever it answers, it is there. Nothing that is secret goes out for it. */
export async function judgeProviders({ config }: Context): Promise<Finding> {
  const places = config.accounts.size > 0 ? [...config.accounts] : [['default', config] as const];
  const answers = await Promise.all(
    places.map(async ([name, { baseUrl, proxy }]) => {
      const way = proxy ? ` through ${new URL(proxy).origin}` : '';
      return { name, baseUrl, way, error: await whyNot(baseUrl, proxy, config) };
    }),
  );
  const amiss = answers.filter(({ error }) => error !== undefined);
  const [first] = amiss;
  if (!first)
    return {
      ok: true,
      detail: answers.map((each) => `${titleOf(each.name, config)}${each.baseUrl} answers${each.way}`).join('; '),
    };
  return {
    ok: false,
    detail: amiss
      .map(({ name, baseUrl, way, error }) => `${titleOf(name, config)}${baseUrl}${way}: ${error}`)
      .join('; '),
    todo: `Check ${first.baseUrl === config.baseUrl ? 'QISCUS_BASE_URL' : `the baseUrl of ${first.name}`} and the connection to the internet${first.way ? ', and HTTPS_PROXY, HTTP_PROXY and NO_PROXY' : ''}.`,
  };
}

async function whyNot(
  baseUrl: string,
  proxy: string | undefined,
  { requestTimeoutMs }: Config,
): Promise<string | undefined> {
  const qiscus = new Qiscus({ baseUrl, appId: 'doctor', secretKey: 'doctor', proxy }, requestTimeoutMs, 1);
  try {
    const answer = await qiscus.reach();
    return 'status' in answer ? undefined : answer.error;
  } finally {
    await qiscus.close();
  }
}

export function judgeCredentials({ config: { accounts, accountsFile, missingCredentials } }: Context): Finding {
  const isHalf = missingCredentials.length === 1;
  if (accounts.size === 0 || isHalf) {
    const file = accountsFile === undefined ? ', or name accounts in SIARAN_ACCOUNTS_FILE' : '';
    const todo = `Set them where workers run: Qiscus shows both under Settings, App Information${file}.`;
    return { ok: false, detail: `${missingCredentials.join(' and ')} not set`, todo };
  }
  const [only] = accounts.size === 1 ? [...accounts] : [];
  if (only?.[0] === 'default') return { ok: true, detail: `both are set, the app id to ${only[1].appId}` };
  const each = [...accounts].map(([name, { appId }]) => `${name} (app id ${appId})`);
  return { ok: true, detail: `of ${count(accounts.size)} accounts: ${each.join(', ')}` };
}

/** The file should be readable by its owner only. If others may read it, that may be intended, so it is only said. */
export async function judgeAccountsFile(path: string): Promise<Finding> {
  try {
    const { mode } = await stat(path);
    if (process.platform === 'win32' || (mode & 0o077) === 0) return { ok: true, detail: path };
    return { ok: true, detail: `${path}, which others may read too`, todo: `If they shouldn't: chmod 600 ${path}` };
  } catch (error) {
    return {
      ok: false,
      detail: `${path}: ${messageOf(error)}`,
      todo: 'Restore the file: workers read it when they start.',
    };
  }
}

/** Whether batches wait of an account that no worker delivers for. While none is at work, this configuration is what counts. */
export async function judgeAccounts({ config, db, heartbeats }: Context): Promise<Finding> {
  const unfinished = await unfinishedBatches(db);
  const working = await heartbeats.servedAccounts();
  const served = working.length > 0 ? working : [...config.accounts.keys()];
  const forsaken = unfinished.filter(({ account }) => !served.includes(account));
  if (forsaken.length === 0)
    return { ok: true, detail: served.length === 0 ? 'nothing waits' : `delivered for: ${served.join(', ')}` };
  const each = forsaken.map(({ account, batches }) => `${account} has ${count(batches)} to deliver`);
  const who = working.length > 0 ? 'no worker at work has its credentials' : 'its credentials are not here';
  return {
    ok: false,
    detail: `${each.join(', ')}, and ${who}`,
    todo: 'Start workers that have the account in the file that SIARAN_ACCOUNTS_FILE names (default: in QISCUS_APP_ID and QISCUS_SECRET_KEY).',
  };
}

function titleOf(name: string, { accounts }: Config): string {
  return accounts.size > 1 || name !== 'default' ? `${name}: ` : '';
}
