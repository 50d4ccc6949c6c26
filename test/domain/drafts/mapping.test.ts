import { expect, test } from '@jest/globals';
import { firstMapping, headsToMap, mappingOfFitting } from '../../../src/domain/drafts/mapping.js';

const template = { columns: ['phone_number', 'body_variable1'], header: null } as unknown as Parameters<
  typeof firstMapping
>[0];
const before = { phone_number: 'No HP', body_variable1: 'Nama' };

test('a head of which another spelling stands beside it is taken as it is written, and no other one', () => {
  for (const heads of [
    ['No HP', 'Nama', 'NAMA'],
    ['NAMA', 'Nama', 'no_hp', 'No HP'],
  ])
    expect(firstMapping(template, heads, before)).toMatchObject(before);
});

test('a head that could be either of two columns of the list stays open', () => {
  expect(firstMapping(template, ['no hp', 'NO_HP', 'nama', 'NAMA'], before)).toMatchObject({
    phone_number: null,
    body_variable1: null,
  });
  expect(firstMapping(template, ['Phone Number', 'PHONE_NUMBER', 'nama'])).toMatchObject({ phone_number: null });
});

test('another spelling of a head that stands alone is taken', () => {
  expect(firstMapping(template, ['NO_HP', 'nama'], before)).toMatchObject({
    phone_number: 'NO_HP',
    body_variable1: 'nama',
  });
});

test('of two heads that both look like phone numbers none is guessed', () => {
  expect(firstMapping(template, ['Telp Cabang', 'No HP Nasabah', 'x'])).toMatchObject({ phone_number: null });
  expect(firstMapping(template, ['Cabang', 'No HP Nasabah', 'x'])).toMatchObject({ phone_number: 'No HP Nasabah' });
});

test('what somebody has written of a head counts more than the name of another one, and nothing is guessed between two', () => {
  const heads = ['phone_number', 'HP', 'Nama'];
  const written = { map: { HP: 'phone_number', Nama: 'body_variable1' }, ignoreColumns: [] };
  expect(mappingOfFitting(template, heads, written)).toMatchObject({ phone_number: 'HP', body_variable1: 'Nama' });
  const both = { map: { HP: 'phone_number', Nama: 'phone_number' }, ignoreColumns: [] };
  expect(mappingOfFitting(template, heads, both)).toMatchObject({ phone_number: null });
});

test('a head that somebody leaves out is for no column, whatever it is named', () => {
  const fitting = { map: { Nama: 'body_variable1' }, ignoreColumns: ['HP lama'] };
  expect(headsToMap(['HP', 'HP lama', 'Nama'], fitting)).toEqual(['HP', 'Nama']);
});
