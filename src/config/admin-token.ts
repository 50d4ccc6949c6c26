import { type AdminRole, adminRoles, isRole } from '../domain/people/roles.js';

/** Who acts through the admin: the name stands in the audit log. */
export type Actor = {
  name: string;
  role: AdminRole;
  /** Set for a user, and for programs of a user: a token of `SIARAN_ADMIN_TOKEN` may have the same name. */
  isUser?: true;
  /** Set for a browser that came in by a password alone, where that is not enough: it may set up codes, and nothing else. */
  lacksCodes?: true;
  /** Set for a browser whose user has shown who they are too long ago for what concerns how people come in. */
  isLongIn?: true;
  /** Set for whoever came in by the link that a process printed: they know nothing that they could show again. */
  isByLink?: true;
};

export type AdminToken = Actor & { token: string };

/** 128 bits as hexadecimal digits, which say the least of all that people write tokens with. */
const shortest = 32;

/** Of 32 random hexadecimal digits, one in ten million has fewer different ones. */
const leastVariety = 8;

const toMakeOne = 'make one with: openssl rand -hex 32';

/**
 * Reads `TOKEN`, which is the owner's, named `admin`, or `NAME:ROLE:TOKEN`, with a comma between several. A name may have several
 * tokens, so that one can take another's place. What is wrong is told without showing a token.
 */
export function readAdminTokens(text: string): AdminToken[] | { fault: string } {
  const tokens: AdminToken[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [name = '', role = '', ...rest] = entry.split(':');
    const read =
      rest.length === 0 ? { name: 'admin', role: 'owner', token: entry } : { name, role, token: rest.join(':') };
    if (!isRole(read.role) || !/^[\w.-]{1,40}$/.test(read.name) || /\s/.test(read.token)) return { fault: form };
    const next = { ...read, role: read.role };
    const fault = weaknessOf(next.token) ?? clashOf(next, tokens);
    if (fault !== undefined) return { fault: `has a token for ${next.name} that ${fault}` };
    tokens.push(next);
  }
  return tokens;
}

const form = `must be a token, or NAME:ROLE:TOKEN,NAME:ROLE:TOKEN with the roles ${adminRoles.join(', ')}; ${toMakeOne}`;

/** Why a token could be guessed, as far as it shows: that it is random can't be seen. */
function weaknessOf(token: string): string | undefined {
  if (token.length < shortest) return `is shorter than ${shortest} characters; ${toMakeOne}`;
  const codes = [...token].map((sign) => sign.codePointAt(0) ?? 0);
  // Few steps between neighbours: 0123456789… or abcabcabc…
  const steps = codes.slice(1).map((code, at) => code - (codes[at] ?? 0));
  if (new Set(codes).size >= leastVariety && new Set(steps).size >= leastVariety) return undefined;
  return `has too little variety to be random; ${toMakeOne}`;
}

function clashOf({ name, role, token }: AdminToken, others: readonly AdminToken[]): string | undefined {
  const twin = others.find((other) => other.token === token);
  if (twin) return `is ${twin.name === name ? 'there twice' : `also that of ${twin.name}`}; ${toMakeOne}`;
  const other = others.find((known) => known.name === name && known.role !== role);
  return other && `makes it ${role}, and another makes it ${other.role}: a name has one role`;
}
