import { seal, unseal } from '../../domain/sealed.js';

const purpose = 'number in an address';

/** A number that has to stand in an address, as where a page of a list begins, so that no log along the way has it. */
export function sealNumber(key: Uint8Array, number: string): string {
  return seal(key, purpose, number);
}

/** The number again; `undefined`: it isn't one that was sealed with this key. */
export function unsealNumber(key: Uint8Array, sealed: string): string | undefined {
  return unseal(key, purpose, sealed);
}
