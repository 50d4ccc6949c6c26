/** What proves callbacks: an account's own secrets, or those of all accounts that have none of their own. */
export type CallbackSecrets = Readonly<{ common: readonly string[]; own: ReadonlyMap<string, readonly string[]> }>;

export const callbackSecretsForm =
  'must be 16 to 200 letters, digits, - or _; or two such secrets with a comma between them';

/** One secret, or two while one takes the other's place. */
export function readCallbackSecrets(text: string): readonly string[] | undefined {
  const secrets = text.split(',').map((part) => part.trim());
  return secrets.length <= 2 && secrets.every((secret) => /^[A-Za-z0-9_-]{16,200}$/.test(secret)) ? secrets : undefined;
}

export function hasCallbackSecrets({ common, own }: CallbackSecrets): boolean {
  return common.length > 0 || own.size > 0;
}
