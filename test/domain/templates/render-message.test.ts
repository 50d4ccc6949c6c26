import { expect, test } from '@jest/globals';
import { renderMessage } from '../../../src/domain/templates/render-message.js';
import { promo, reminder, templateOf } from './templates.js';

const number = '6281234567890';

test('a message has its values where the template has their places', () => {
  const columns = ['body_variable2', 'phone_number', 'customer_name', 'body_variable1'];
  expect(renderMessage(reminder, columns, [number, 'Rp 5', 'Toko', 'Ada'])).toEqual({
    ...{ text: 'Halo Ada, *Rp 5* jatuh tempo.\n\nAbaikan.', header: null, body: 'Halo Ada, *Rp 5* jatuh tempo.' },
    ...{ footer: 'Abaikan.', buttons: [] },
  });
});

test('a header and the address of a button take values too', () => {
  const columns = ['phone_number', 'header_variable', 'body_variable1', 'button1_variable1'];
  const message = renderMessage(promo, columns, [number, 'Ada', '5%', 'ada-7']);
  expect(message).toMatchObject({ header: 'Untuk Ada', text: 'Untuk Ada\n\nDiskon _5%_.' });
  expect(message.buttons.map(({ url }) => url)).toEqual(['https://example.com/ada-7', null]);
});

test('individual parameters of buttons are taken as well', () => {
  const params = '[{"type":"url","values":"ada","index":0}]';
  const { buttons } = renderMessage(promo, ['phone_number', 'button_params'], [number, params]);
  expect(buttons[0]?.url).toBe('https://example.com/ada');
});

test('a place without a value stays, and one that stands in a value is none', () => {
  const { body } = renderMessage(reminder, ['phone_number', 'body_variable1'], [number, '{{2}} $& $1']);
  expect(body).toBe('Halo {{2}} $& $1, *{{2}}* jatuh tempo.');
});

test('media is told by its kind and address', () => {
  const image = templateOf('x', { header: { type: 'image', text: null, defaultValue: 'https://example.com/d.jpg' } });
  const headerOf = (value: string) => renderMessage(image, ['phone_number', 'header_variable'], [number, value]).header;
  expect(headerOf('https://example.com/a.jpg')).toBe('[image: https://example.com/a.jpg]');
  expect(headerOf('')).toBe('[image: https://example.com/d.jpg]');
});
