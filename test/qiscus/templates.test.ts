import { expect, test } from '@jest/globals';
import { readTemplatePage } from '../../src/qiscus/templates.js';

const detail = {
  ...{
    id: 172,
    language: 'id',
    approval_status: 1,
    content: 'Halo {{1}}, *{{2}}* jatuh tempo.',
    number_of_arguments: 2,
  },
  ...{ header_type: 'IMAGE', header_content: null, header_default_value: null, footer: 'Abaikan bila sudah dibayar.' },
  buttons: [
    { type: 'QUICK_REPLY', text: 'Berhenti' },
    { type: 'URL', text: 'Bayar', url: 'https://example.com/{{1}}', phone_number: null },
  ],
};
const template = { id: 9, name: 'reminder', namespace: 'ns', category: 'Utility', channel_id: 534 };
const pageOf = (templates: unknown) =>
  readTemplatePage({
    ...{ status: 200, retryAfter: undefined },
    text: JSON.stringify({ data: { hsm_templates: templates } }),
  });

test('a template gives its columns, texts, buttons, category, language, approval, name, namespace and channel', () => {
  expect(pageOf([{ ...template, hsm_details: [detail] }])).toEqual({
    told: [JSON.stringify({ ...template, hsm_details: [detail] })],
    templates: [
      {
        templateDetailId: 172,
        name: 'reminder',
        language: 'id',
        category: 'utility',
        approval: 'approved',
        rejectionReason: null,
        channelId: 534,
        namespace: 'ns',
        columns: ['phone_number', 'header_variable', 'body_variable1', 'body_variable2', 'button2_variable1'],
        header: { type: 'image', text: null, defaultValue: null },
        body: 'Halo {{1}}, *{{2}}* jatuh tempo.',
        footer: 'Abaikan bila sudah dibayar.',
        buttons: [
          { type: 'quick_reply', text: 'Berhenti', url: null, phoneNumber: null },
          { type: 'url', text: 'Bayar', url: 'https://example.com/{{1}}', phoneNumber: null },
        ],
      },
    ],
  });
});

test.each([
  [1, 'approved'],
  [0, 'pending'],
  [-1, 'rejected'],
  ['-1', 'rejected'],
  ['0', 'pending'],
  [null, 'unknown'],
  ['', 'unknown'],
  [false, 'unknown'],
  [undefined, 'unknown'],
  ['APPROVED', 'unknown'],
  [2, 'unknown'],
  [[0], 'unknown'],
])('an approval_status of %p is %s', (approval_status, approval) => {
  const page = pageOf([{ ...template, hsm_details: [{ ...detail, approval_status, rejection_reason: 'TAG' }] }]);
  expect(page?.templates).toMatchObject([{ approval, rejectionReason: 'TAG' }]);
});

test('a header with a default, or a text without a place, needs no column', () => {
  const media = { header_default_value: 'https://example.com/a.jpg' };
  const text = { header_type: 'text', header_content: 'Tagihan' };
  const page = pageOf([
    {
      ...template,
      hsm_details: [
        { ...detail, ...media },
        { ...detail, ...text, id: 173 },
      ],
    },
  ]);
  expect(page?.templates.map(({ columns }) => columns.includes('header_variable'))).toEqual([false, false]);
});

test('what is not as observed hides nothing else', () => {
  const odd = [
    null,
    7,
    { name: 'x' },
    { ...template, hsm_details: [{ ...detail, id: 'x' }, null, { ...detail, buttons: 1 }] },
  ];
  const page = pageOf(odd);
  expect(page?.told).toHaveLength(4);
  expect(page?.templates).toMatchObject([{ templateDetailId: 172, buttons: [] }]);
});

test.each([
  [200, '{"data":{}}'],
  [200, '<html>'],
  [401, '{"data":{"hsm_templates":[]}}'],
])('an answer of %i with %p is no page', (status, text) => {
  expect(readTemplatePage({ status, retryAfter: undefined, text })).toBeUndefined();
});
