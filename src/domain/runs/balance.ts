/**
 * What an upload's answer says of money, as Qiscus's text shows it: `current_balance` and `estimation_charge`. Their fields
 * are documented, what they mean isn't: it is taken that each part of the charge is paid from the balance of its name.
 */
const parts = [
  { charge: 'credit', balance: 'credits' },
  { charge: 'free_session', balance: 'free_session' },
  { charge: 'quota', balance: 'quota' },
] as const;

/** Why the balance doesn't cover the file that was just uploaded; `undefined` when it does, or when the answer doesn't tell. */
export function balanceLack(uploadAnswer: Record<string, unknown>): string | undefined {
  const { current_balance: balances, estimation_charge: charges } = uploadAnswer;
  if (!isObject(balances) || !isObject(charges)) return undefined;
  const lacks = parts.flatMap(({ charge, balance }) => {
    const [due, there] = [amount(charges[charge]), amount(balances[balance])];
    return due !== undefined && there !== undefined && due > there ? [`${due} ${charge} of ${there}`] : [];
  });
  return lacks.length === 0 ? undefined : `the next batch can't be paid: Qiscus estimates ${lacks.join(', ')}`;
}

/** `credits` is a string in Qiscus's own example, the others are numbers. */
function amount(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
