/**
 * What a person or program may do, each more than the one before. A viewer sees neither phone numbers nor values; an analyst sees
 * values and what became of each, without numbers; an operator sees and changes all; an approver does as well; an owner also ends
 * the sessions of others.
 */
export const adminRoles = ['viewer', 'analyst', 'operator', 'approver', 'owner'] as const;

export type AdminRole = (typeof adminRoles)[number];

export function isRole(role: string): role is AdminRole {
  return adminRoles.some((known) => known === role);
}
