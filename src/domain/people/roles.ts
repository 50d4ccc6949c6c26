/**
 * What a person or program may do. A viewer sees neither phone numbers nor values, and may look up what became of a number; an
 * analyst sees values and what became of each, without numbers, and looks nobody up; an operator sees and changes all; an approver
 * also approves what somebody else has started; an owner also ends the sessions of others.
 */
export const adminRoles = ['viewer', 'analyst', 'operator', 'approver', 'owner'] as const;

export type AdminRole = (typeof adminRoles)[number];

export function isRole(role: string): role is AdminRole {
  return adminRoles.some((known) => known === role);
}
