import createClient from 'openapi-fetch';
import { type AdminRig, tokens } from './admin.js';
import type { paths } from './api-types.js';

/** A program that asks as the operator, unless another token is given. It knows of the API what the document says. */
export function openClient(rig: AdminRig, token = tokens.operator) {
  return createClient<paths>({ baseUrl: rig.url, headers: { Authorization: `Bearer ${token}` } });
}
