import { expect, it } from '@jest/globals';
import { compilePhoneNumberReader } from '../../../src/domain/numbers/phone-number.js';

const international = compilePhoneNumberReader();
const indonesian = compilePhoneNumberReader('ID');

it('a million canonical numbers take well under a second', () => {
  const indonesianValues = Array.from({ length: 1_000_000 }, (_, index) => `${6281500000000 + index}`);
  const american = Array.from({ length: 1_000_000 }, (_, index) => `${14155520000 + (index % 10_000)}`);
  for (const [read, values] of [
    [international, indonesianValues],
    [indonesian, indonesianValues],
    [international, american],
  ] as const) {
    const start = performance.now();
    let accepted = 0;
    for (const value of values) accepted += read(value).ok ? 1 : 0;
    expect(accepted).toBe(values.length);
    // Ten times what it takes: it is to fail when the fast path is missed, not when the machine is busy.
    expect(performance.now() - start).toBeLessThan(3_000);
  }
});
