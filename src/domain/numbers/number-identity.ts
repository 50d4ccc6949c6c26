/**
 * The digits that stand for a person, whose number is in use in two forms: Mexico's with and without the 1 of mobile phones,
 * Argentina's with and without the 9, Brazil's with and without the ninth digit. Runs, the suppression list and callbacks know
 * a number by them; what is sent is the form that was given.
 * @param digits of E.164 without `+`.
 */
export function identityOf(digits: string): string {
  // All of these have 13 digits and begin with 5, which nearly no other number has.
  return digits.length === 13 && digits.charCodeAt(0) === 53 ? shorterFormOf(digits) : digits;
}

function shorterFormOf(digits: string): string {
  if (digits.startsWith('521')) return `52${digits.slice(3)}`;
  if (digits.startsWith('549')) return `54${digits.slice(3)}`;
  // Only numbers from before the ninth digit are known without it: 55 11 3xxx xxxx is somebody's land line.
  return /^55\d\d9[6-9]/.test(digits) ? digits.slice(0, 4) + digits.slice(5) : digits;
}

/** All forms that a person's number may be stored in: its identity, and the longer one that stands where a run had both. */
export function formsOf(identity: string): string[] {
  if (/^52\d{10}$/.test(identity)) return [identity, `521${identity.slice(2)}`];
  if (/^54\d{10}$/.test(identity)) return [identity, `549${identity.slice(2)}`];
  const longer = withNinthDigit(identity);
  return longer === undefined ? [identity] : [identity, longer];
}

/** The ninth digit that a Brazilian mobile number from before 2016 has today; `undefined` of all others. */
export function withNinthDigit(digits: string): string | undefined {
  return /^55\d\d[6-9]\d{7}$/.test(digits) ? `${digits.slice(0, 4)}9${digits.slice(4)}` : undefined;
}
