/** What a person or program may do: look, with phone numbers masked; or look and change. */
export type AdminRole = 'viewer' | 'operator';

/** Who acts through the admin: the name stands in the audit log. */
export type Actor = { name: string; role: AdminRole };

export type AdminToken = Actor & { token: string };

const shortest = 16;

/**
 * Reads `TOKEN`, which is an operator's named `admin`, or `NAME:ROLE:TOKEN,NAME:ROLE:TOKEN`. `undefined` if it is neither:
 * an error message must not show it.
 */
export function readAdminTokens(text: string): AdminToken[] | undefined {
  const tokens: AdminToken[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [name = '', role = '', ...rest] = entry.split(':');
    const token = rest.join(':');
    const read = rest.length === 0 ? { name: 'admin', role: 'operator', token: entry } : { name, role, token };
    if (!isRole(read.role) || !/^[\w.-]{1,40}$/.test(read.name) || read.token.length < shortest) return undefined;
    if (/\s/.test(read.token) || tokens.some((known) => known.name === read.name)) return undefined;
    tokens.push({ ...read, role: read.role });
  }
  return tokens;
}

function isRole(role: string): role is AdminRole {
  return role === 'viewer' || role === 'operator';
}
