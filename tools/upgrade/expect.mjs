/** The number of the person at this place; nobody is in two runs. */
export function numberOf(index) {
  return `62812${10_000_000 + index}`;
}

/** @throws an error that says what it was, and all that was found, if anything of `wanted` isn't so. */
export function expectEqual(what, found, wanted) {
  for (const [name, value] of Object.entries(wanted))
    if (found[name] !== value) throw new Error(`${what}: ${name} is not ${value} in ${JSON.stringify(found)}`);
}
