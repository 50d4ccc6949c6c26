import { Counter, type Registry } from 'prom-client';

/** What an admin or a receiver counts of those who wanted to come in and could not. */
export type LoginMeters = { refused(way: string): void };

/** Counts into a registry. */
export function openLoginMeters(registry: Registry): LoginMeters {
  const refused = new Counter({
    name: 'siaran_logins_refused_total',
    help: 'Logins that this process has refused, by their way: token and password (the login page), bearer (programs), link, invitation, oidc (OpenID Connect).',
    labelNames: ['way'] as const,
    registers: [registry],
  });
  return { refused: (way) => refused.inc({ way }) };
}
