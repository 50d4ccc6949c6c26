/** How many people, as somebody types it: `48,212`, `48.212` or `48 212`. `undefined`: it is no number. */
export function readPeople(written: string): number | undefined {
  const digits = written.replace(/[\s.,]/g, '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}
