import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkColumns } from '../../../src/domain/columns/columns.js';
import { compileRecipientReader, UnreadableRow } from '../../../src/domain/recipients/recipient.js';
import { checkMessageColumns } from '../../../src/domain/runs/message.js';
import { tries } from '../../tries.js';

const COLUMNS = ['customer_name', 'phone_number', 'body_variable1'];
const read = compileRecipientReader(COLUMNS, 'ID');
const GOOD = { phone_number: '6281527975868', customer_name: 'Ani', body_variable1: 'INV-1' };

function reasonFor(row: unknown): string {
  const reading = read(row);
  return reading.ok ? `accepted: ${reading.line}` : reading.reason;
}

describe('columns', () => {
  it('are the names of the sample CSV', () => {
    const bodyVariables = Array.from({ length: 15 }, (_, index) => `body_variable${index + 1}`);
    expect(
      checkColumns([
        'phone_number',
        'customer_name',
        'header_variable',
        ...bodyVariables,
        'button_type',
        'button1_variable1',
        'button2_variable1',
      ]),
    ).toEqual([]);
  });

  it.each([
    [['customer_name'], /no column phone_number/],
    [['phone_number', 'phone_number'], /"phone_number" is there more than once/],
    [['phone_number', ''], /Column 2 has no name/],
    [['phone_number', 'city'], /"city" is unknown; there are phone_number, customer_name/],
    [['phone_number', 'Customer Name'], /is written customer_name/],
    [['phone_number', ' header_variable'], /is written header_variable/],
    [['phone_number', 'BODY-VARIABLE-3'], /is written body_variable3/],
    [['phone_number', 'button1 variable2'], /is written button1_variable2/],
    [['phone_number', 'body_variable16'], /at most 15 body variables/],
    [['phone_number', 'body_variable0'], /unknown/],
    [['phone_number', '__proto__'], /unknown/],
  ])('%j has one fault', (columns, fault) => {
    expect(checkColumns(columns)).toEqual([expect.stringMatching(fault)]);
  });

  it('report every fault, each once', () => {
    expect(checkColumns(['Phone Number', 'city', 'city', 'city'])).toHaveLength(4);
  });
});

describe('a button type', () => {
  const readType = compileRecipientReader(['phone_number', 'button_type'], 'ID');

  it.each(['call_to_action', 'quick_reply', ''])('may be %j', (type) => {
    expect(readType({ phone_number: '6281527975868', button_type: type })).toMatchObject({ ok: true });
  });

  it.each(['url', 'Quick_Reply', ' quick_reply', 'call_to_action '])('may not be %j', (type) => {
    expect(readType({ phone_number: '6281527975868', button_type: type })).toMatchObject({
      reason: `button_type is ${JSON.stringify(type)}; it is call_to_action, quick_reply or empty`,
    });
  });

  it('has no place in an individual message', () => {
    expect(checkMessageColumns(['phone_number', 'button_type'])).toEqual([
      expect.stringMatching(/^The column button_type/),
    ]);
  });
});

describe('a row', () => {
  it("gives its number, and the other values as strings in the order of the run's columns", () => {
    expect(read(GOOD)).toEqual({ ok: true, line: '["6281527975868","Ani","INV-1"]' });
    expect(read({ body_variable1: 1250.5, customer_name: '', phone_number: 81527975868 })).toEqual({
      ok: true,
      line: '["6281527975868","","1250.5"]',
    });
  });

  it('keeps any text as it is where values are sent as they are, but for what is no text', () => {
    const readAsItIs = compileRecipientReader(COLUMNS, 'ID', 'send');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const reading = readAsItIs({ ...GOOD, body_variable1: text });
        if (!reading.ok) return /\p{Cs}|(?![\t\n\r])\p{Cc}|\ufffd/u.test(text);
        return (
          JSON.stringify(JSON.parse(reading.line)) === JSON.stringify([GOOD.phone_number, GOOD.customer_name, text])
        );
      }),
      { numRuns: tries(5_000) },
    );
  });

  it('may have unknown keys without a value', () => {
    expect(read({ ...GOOD, city: undefined }).ok).toBe(true);
  });

  it.each([
    [null, /not null/],
    [undefined, /not undefined/],
    ['6281527975868', /not a string/],
    [['6281527975868'], /not an array/],
    [() => GOOD, /not a function/],
    [{}, /no value for the column "customer_name", "phone_number", "body_variable1"/],
    [{ ...GOOD, customer_name: undefined }, /no value for the column "customer_name"$/],
    [{ ...GOOD, customer_name: null }, /no value for the column "customer_name"$/],
    [{ ...GOOD, city: 'Bandung' }, /not among the run's columns: "city"$/],
    [{ phone_number: GOOD.phone_number, customer_name: 'Ani', city: 'x' }, /"body_variable1"; not among .*"city"/],
    [JSON.parse('{"phone_number":"6281527975868","customer_name":"","__proto__":"x"}'), /body_variable1.*__proto__/],
    [{ ...GOOD, body_variable1: true }, /body_variable1 must be a string or a finite number, not a boolean/],
    [{ ...GOOD, body_variable1: {} }, /body_variable1 .* not an object/],
    [{ ...GOOD, body_variable1: ['x'] }, /body_variable1 .* not an array/],
    [{ ...GOOD, body_variable1: Number.NaN }, /body_variable1 .* not NaN/],
    [{ ...GOOD, body_variable1: 10n }, /body_variable1 .* not a bigint/],
    [{ ...GOOD, body_variable1: Symbol('x') }, /body_variable1 .* not a symbol/],
    [{ ...GOOD, phone_number: 6281527975868.5 }, /phone_number is a number with decimals/],
    [{ ...GOOD, phone_number: 6.28e25 }, /too many digits/],
    [{ ...GOOD, phone_number: Number.POSITIVE_INFINITY }, /phone_number .* not Infinity/],
    [{ ...GOOD, phone_number: '6.28153E+12' }, /scientific notation/],
    [{ ...GOOD, body_variable1: 'a\0b' }, /body_variable1 has a NUL/],
    [{ ...GOOD, body_variable1: 'a\ud83d' }, /body_variable1 has half a character/],
    [{ ...GOOD, body_variable1: 'x'.repeat(1_000_001) }, /above 1 MB/],
    [new UnreadableRow('line 7 is no JSON'), /^line 7 is no JSON$/],
  ])('%.60p is rejected', (row, reason) => {
    expect(reasonFor(row)).toMatch(reason);
    expect(read(row)).toEqual({
      ok: false,
      reason: expect.any(String),
      digest: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it('of just under 1 MB is taken', () => {
    const readAsItIs = compileRecipientReader(COLUMNS, 'ID', 'send');
    expect(readAsItIs({ ...GOOD, body_variable1: '€'.repeat(333_000) }).ok).toBe(true);
    expect(readAsItIs({ ...GOOD, body_variable1: '€'.repeat(333_340) })).toMatchObject({
      reason: 'the row is above 1 MB',
    });
  });

  it('with more than 15 body variables is told so', () => {
    const row = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`body_variable${index + 1}`, 'x']));
    expect(reasonFor({ ...GOOD, ...row })).toMatch(/has 16 body variables; a template has at most 15/);
  });

  it('shows no phone number in a reason', () => {
    for (const row of [
      { ...GOOD, '0815-2797-5868': 'x' },
      { ...GOOD, phone_number: '62815279758x' },
    ]) {
      expect(reasonFor(row)).toMatch(/0815-\*|6281\*/);
    }
  });
});

describe('hostile rows are rejections, never a crash', () => {
  const throwing = {
    ...GOOD,
    get body_variable1(): string {
      throw new Error('no 6281527975868');
    },
  };
  const circular: Record<string, unknown> = { ...GOOD };
  circular.body_variable1 = circular;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const trap = () => {
    throw Object.create(null);
  };
  const trapped = new Proxy(
    { ...GOOD },
    { get: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap },
  );

  it.each([
    ['a getter that throws', throwing, /could not be read: "no 6281\*+68"/],
    ['a circular row', circular, /not an object/],
    ['a revoked proxy', revoked.proxy, /could not be read/],
    ['a revoked proxy as a value', { ...GOOD, body_variable1: revoked.proxy }, /could not be read/],
    ['a proxy whose every trap throws', trapped, /could not be read: it threw/],
    ['a number in disguise', { ...GOOD, body_variable1: { toString: () => 'x' } }, /not an object/],
  ])('%s', (_, row, reason) => {
    const reading = read(row);
    expect(reading).toEqual({
      ok: false,
      reason: expect.stringMatching(reason),
      digest: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(read(row)).toEqual(reading);
  });

  it('anything at all gives a reading', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (row) => {
          return read(row).ok === false && read({ ...GOOD, body_variable1: row }) !== undefined;
        },
      ),
      { numRuns: tries(2_000) },
    );
  });
});

describe('the digest of a rejected row', () => {
  const digestOf = (row: unknown) => {
    const reading = read(row);
    return reading.ok ? undefined : reading.digest;
  };

  it('is the same for the same content in any order, and another for other content', () => {
    expect(digestOf({ phone_number: 'x', customer_name: 'y' })).toBe(
      digestOf({ customer_name: 'y', phone_number: 'x' }),
    );
    const others = [
      { phone_number: 'x' },
      { phone_number: 'y' },
      { phone_number: 1 },
      { phone_number: '1' },
      {},
      [],
      null,
      'x',
      '',
      undefined,
    ];
    expect(new Set(others.map(digestOf)).size).toBe(others.length);
  });

  it('tells unreadable rows apart by their content', () => {
    expect(digestOf(new UnreadableRow('no JSON', 'a'))).not.toBe(digestOf(new UnreadableRow('no JSON', 'b')));
  });
});
