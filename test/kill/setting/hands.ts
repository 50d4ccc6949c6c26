import type { Siaran } from '../../../src/index.js';
import { audienceUrl } from '../../../src/local/audience-role.js';
import { type SilentProxy, startSilentProxy } from '../../support/servers/silent-proxy.js';
import { withPort } from './databases.js';
import type { Child, Role, Spares } from './processes.js';
import { type Rule, startProxy } from './proxy.js';
import type { Tally } from './tally.js';
import { type Dialect, http, postgres, redis } from './wire.js';

export type Peer = 'postgres' | 'redis' | 'provider';
export type PeerRule = Omit<Rule, 'strike'> & {
  peer: Peer;
  /** Gets the process that the rule is for. */
  strike: (hand: Hand) => ReturnType<Rule['strike']>;
  /** Where it was drawn by lot. Any other rule that strikes nothing in its scene makes it wrong. */
  mayMiss?: boolean;
};
type Call<Method extends 'approve' | 'editCampaign' | 'forget' | 'resend'> = {
  call: [Method, Parameters<Siaran[Method]>];
};

/** What a producer enqueues, or an operator's program calls. */
export type Task =
  | { count: number; from: number }
  | Call<'approve'>
  | Call<'editCampaign'>
  | Call<'forget'>
  | Call<'resend'>;

export type Hand = Child & {
  role: Role;
  proxies: { close(): void }[];
  /** What stands before the others, and can stop passing bytes. */
  silent: Record<Peer, SilentProxy>;
  unansweredSends(): number;
};

/** Requests that must not be made twice. */
export const sends = /send_broadcast|broadcast\/client/;

/** Where those who are hired find what they need, and what is kept of them. */
type Workplace = {
  spares: Spares;
  urls: Record<Peer, string>;
  env: Record<string, string>;
  /** What a producer asks for. */
  request: object;
  tally: Tally;
  hands: Hand[];
};

/** Takes a warm process, puts its proxies between it and each server, and tells it what to be. */
export async function hire(
  { spares, urls, env, request, tally, hands }: Workplace,
  role: Role,
  rules: readonly PeerRule[],
  task: Task,
): Promise<Hand> {
  const child = await spares.take();
  const own: { hand?: Hand } = {};
  const of = (peer: Peer): Rule[] =>
    rules
      .filter((rule) => rule.peer === peer)
      .map((rule) => {
        const struck = tally.countOn(rule);
        const strike = async () => {
          struck();
          return own.hand ? rule.strike(own.hand) : 'forward';
        };
        return { ...rule, strike };
      });
  const through = (url: string, dialect: Dialect, peer: Peer) =>
    startProxy(Number(new URL(url).port), dialect, of(peer));
  const [ledger, buffer, provider] = await Promise.all([
    through(urls.postgres, postgres, 'postgres'),
    through(urls.redis, redis, 'redis'),
    through(urls.provider, http, 'provider'),
  ]);
  const before = (url: string, { port }: { port: number }) => startSilentProxy(withPort(url, port));
  const silent = {
    postgres: await before(urls.postgres, ledger),
    redis: await before(urls.redis, buffer),
    provider: await before(urls.provider, provider),
  };
  const hand: Hand = {
    ...{ ...child, role, silent },
    proxies: [...Object.values(silent), ledger, buffer, provider],
    unansweredSends: () => provider.unanswered.filter((text) => sends.test(text)).length,
  };
  own.hand = hand;
  hands.push(hand);
  await child.begin({
    role,
    env: {
      ...env,
      DATABASE_URL: withPort(urls.postgres, silent.postgres.port),
      SIARAN_AUDIENCE_DATABASE_URL: audienceUrl(withPort(urls.postgres, silent.postgres.port)),
      REDIS_URL: withPort(urls.redis, silent.redis.port),
      QISCUS_BASE_URL: withPort(urls.provider, silent.provider.port).replace(/\/$/, ''),
      LOG_LEVEL: 'warn',
    },
    request: { ...request, ...task },
  });
  return hand;
}
