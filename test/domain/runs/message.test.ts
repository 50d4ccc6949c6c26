import { describe, expect, it } from '@jest/globals';
import { compileRecipientReader, readLines } from '../../../src/domain/recipients/recipient.js';
import { checkMessageColumns, composeMessage } from '../../../src/domain/runs/message.js';

describe('the columns of individual messages', () => {
  it.each([
    [['phone_number']],
    [['phone_number', 'customer_name', 'body_variable2', 'body_variable1']],
    [['button2_variable1', 'phone_number', 'button1_variable1']],
    [['phone_number', 'button_params']],
  ])('may be %j', (columns) => {
    expect(checkMessageColumns(columns)).toEqual([]);
  });

  it.each([
    [['customer_name'], /no column phone_number/],
    [['phone_number', 'header_variable'], /header_variable can't be used/],
    [['phone_number', 'body_variable2'], /no column body_variable1, and there is body_variable2/],
    [['phone_number', 'button1_variable2'], /button1_variable2 can't be used/],
    [['phone_number', 'button1_variable1', 'button_params'], /can't both be given/],
    [['phone_number', 'amount'], /amount/],
  ])('may not be %j', (columns, fault) => {
    expect(checkMessageColumns(columns).join(' ')).toMatch(fault);
  });
});

function compose(columns: readonly string[], row: Record<string, string>) {
  const reading = compileRecipientReader(columns)(row);
  if (!reading.ok) throw new Error(reading.reason);
  return composeMessage(columns, readLines(reading.line)[0] ?? []);
}

describe('a message', () => {
  it('has the variables of the body in their order, whatever the order of the columns', () => {
    const columns = ['body_variable10', 'customer_name', 'body_variable2', 'phone_number', 'body_variable1'];
    const bodies = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`body_variable${at + 1}`, `v${at + 1}`]));
    const all = [...columns, ...Object.keys(bodies).filter((name) => !columns.includes(name))];
    const message = compose(all, { ...bodies, customer_name: 'Ada', phone_number: '+62 812-3456-7890' });
    expect(message).toEqual({
      phoneNumber: '6281234567890',
      variables: ['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9', 'v10'],
      buttonParams: [],
    });
  });

  it('has a parameter for each url button, counted from 0', () => {
    const columns = ['phone_number', 'button2_variable1', 'button1_variable1'];
    const row = { phone_number: '6281234567890', button1_variable1: 'a', button2_variable1: 'b' };
    expect(compose(columns, row).buttonParams).toEqual([
      { type: 'url', values: 'b', index: 1 },
      { type: 'url', values: 'a', index: 0 },
    ]);
  });

  it('has button parameters as they were written, or none', () => {
    const columns = ['phone_number', 'button_params'];
    const params = [{ type: 'quick_reply', values: 'yes', index: 3 }];
    const row = { phone_number: '6281234567890', button_params: JSON.stringify(params) };
    expect(compose(columns, row).buttonParams).toEqual(params);
    expect(compose(columns, { ...row, button_params: '' }).buttonParams).toEqual([]);
  });

  it.each([
    'x',
    '{}',
    '[1]',
    '[{"type":"url"}]',
    '[{"type":"url","values":1,"index":0}]',
    '[{"type":"url","values":"","index":-1}]',
    '[{"type":"url","values":"","index":0,"more":1}]',
  ])('is rejected with button parameters that are none: %s', (written) => {
    const read = compileRecipientReader(['phone_number', 'button_params']);
    expect(read({ phone_number: '6281234567890', button_params: written })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('button_params must be a JSON array'),
    });
  });
});
