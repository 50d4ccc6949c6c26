import { columnsOf, type Template, type TemplateTexts } from '../../../src/domain/templates/template.js';

/** A template that is known, with these texts. */
export function templateOf(name: string, texts: Partial<TemplateTexts>, more: Partial<Template> = {}): Template {
  const all = { header: null, body: 'Halo', footer: null, buttons: [], ...texts };
  return {
    ...{ account: 'default', templateDetailId: 1, name, language: 'id', category: 'utility', approval: 'approved' },
    ...{ rejectionReason: null, channelId: 534, namespace: 'ns', columns: columnsOf(all), source: 'qiscus' },
    ...{ toldAt: '2026-12-01T00:00:00.000Z', ...all, ...more },
  };
}

export const reminder = templateOf('reminder', { body: 'Halo {{1}}, *{{2}}* jatuh tempo.', footer: 'Abaikan.' });

export const promo = templateOf('promo', {
  header: { type: 'text', text: 'Untuk {{1}}', defaultValue: null },
  body: 'Diskon _{{1}}_.',
  buttons: [
    { type: 'url', text: 'Lihat', url: 'https://example.com/{{1}}', phoneNumber: null },
    { type: 'quick_reply', text: 'Berhenti', url: null, phoneNumber: null },
  ],
});
