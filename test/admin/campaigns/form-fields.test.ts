import { expect, test } from '@jest/globals';
import { emptyForm } from '../../../src/admin/campaigns/fill-form.js';
import { campaignForm } from '../../../src/admin/campaigns/form-fields.js';

test('the account of a campaign stays chosen where this admin is told of others only', () => {
  const choices = { accounts: ['default', 'north'], templates: [], audiences: [], calendars: [] };
  const form = campaignForm({ ...emptyForm, account: 'acme' }, choices, { path: '/x', back: '/', version: 3 });
  expect(form.toString()).toContain('<option value="acme" selected>');
});
