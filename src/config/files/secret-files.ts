import { readFileSync } from 'node:fs';

/** Variables that hold a secret. */
export const secretVariables = [
  'DATABASE_URL',
  'REDIS_URL',
  'SIARAN_AUDIENCE_DATABASE_URL',
  'QISCUS_SECRET_KEY',
  'SIARAN_NOTIFY_SECRET',
  'SIARAN_CALLBACK_SECRET',
  'SIARAN_ADMIN_TOKEN',
  'SIARAN_OIDC_CLIENT_SECRET',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
] as const;

/** Addresses that may hold one: a password, or a path that nobody can guess. */
export const addressesWithSecrets = ['SIARAN_NOTIFY_URL', 'HTTPS_PROXY', 'HTTP_PROXY'] as const;

/** Each of them may be read from a file that `NAME_FILE` names, as orchestrators hand secrets over. */
export const readableFromFiles = [...secretVariables, ...addressesWithSecrets] as const;

/** A secret is a few hundred characters; whoever names a disk or a log by mistake should hear of it at once. */
const mostCharacters = 65_536;

/**
 * Puts the content of each file that a `NAME_FILE` names into the place of `NAME`, without the blanks at its ends. `faults` is a sentence
 * for each that can't be used; none of them shows anything of a file.
 */
export function readSecretFiles(given: Readonly<Record<string, string | undefined>>): {
  variables: Record<string, string | undefined>;
  faults: string[];
} {
  const variables = { ...given };
  const faults: string[] = [];
  for (const name of readableFromFiles) {
    const path = given[`${name}_FILE`];
    if (path === undefined) continue;
    // That of a proxy may be written small.
    const other = [name, name.toLowerCase()].find((spelt) => given[spelt] !== undefined);
    const reading = other === undefined ? readSecret(path) : { fault: `is set, and ${other} too: set one of them` };
    if ('fault' in reading) faults.push(`${name}_FILE ${reading.fault}`);
    else variables[name] = reading.text;
  }
  return { variables, faults };
}

function readSecret(path: string): { text: string } | { fault: string } {
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (text.length > mostCharacters) return { fault: `names ${path}, which is too long for a secret` };
    return text === '' ? { fault: `names ${path}, which is empty` } : { text };
  } catch (error) {
    return { fault: `names ${path}, which can't be read (${(error as NodeJS.ErrnoException).code})` };
  }
}
