/** What the secret follows in the address that is registered at the provider. */
export const callbackPath = '/callbacks/qiscus/';
