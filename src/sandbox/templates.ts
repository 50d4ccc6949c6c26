import { UsageError } from '../errors.js';

/** A template as Qiscus tells it, as far as Siaran reads it. */
export type SandboxTemplate = {
  readonly id: number;
  readonly name: string;
  readonly namespace: string;
  readonly category: string;
  readonly channel_id: number;
  readonly hsm_details: readonly SandboxTemplateDetail[];
};

type SandboxTemplateDetail = {
  /** The `template_detail_id` of all other calls. */
  readonly id: number;
  readonly language: string;
  /** 1 approved, 0 pending, -1 rejected. */
  readonly approval_status: number | null;
  readonly content: string;
  readonly number_of_arguments: number;
  readonly header_type?: string | null;
  readonly header_content?: string | null;
  readonly header_default_value?: string | null;
  readonly footer?: string | null;
  readonly buttons?: readonly { type: string; text: string; url?: string; phone_number?: string }[];
  readonly rejection_reason?: string | null;
};

const namespace = '6616bb93_d895_41e7_8bbe_2c528219e56e';
const common = { namespace, channel_id: 534 } as const;

/** What the sandbox begins with: one of each kind that makes a difference. */
export const firstTemplates: readonly SandboxTemplate[] = [
  {
    ...{ id: 191, name: 'invoice_update', category: 'UTILITY', ...common },
    hsm_details: [
      {
        ...{ id: 1911, language: 'id', approval_status: 1, number_of_arguments: 1 },
        content: 'Tagihan *{{1}}* sudah terbit. Terima kasih.',
      },
    ],
  },
  {
    ...{ id: 192, name: 'reminder', category: 'UTILITY', ...common },
    hsm_details: [
      {
        ...{ id: 1921, language: 'id', approval_status: 1, number_of_arguments: 2 },
        content: 'Halo {{1}}, tagihan *{{2}}* jatuh tempo besok.',
        footer: 'Abaikan bila sudah dibayar.',
      },
      {
        ...{ id: 1922, language: 'en', approval_status: 1, number_of_arguments: 2 },
        content: 'Hello {{1}}, your bill of *{{2}}* is due tomorrow.',
        footer: 'Ignore this if you have paid.',
      },
    ],
  },
  {
    ...{ id: 193, name: 'december_promo', category: 'MARKETING', ...common },
    hsm_details: [
      {
        ...{ id: 1931, language: 'id', approval_status: 1, number_of_arguments: 1 },
        ...{ header_type: 'TEXT', header_content: 'Promo untuk {{1}}' },
        content: 'Diskon _{{1}}_ sampai akhir bulan.',
        buttons: [
          { type: 'URL', text: 'Lihat', url: 'https://example.com/promo/{{1}}' },
          { type: 'QUICK_REPLY', text: 'Berhenti' },
        ],
      },
    ],
  },
  {
    ...{ id: 194, name: 'new_year', category: 'MARKETING', ...common },
    hsm_details: [
      {
        ...{ id: 1941, language: 'id', approval_status: 0, number_of_arguments: 0 },
        content: 'Selamat tahun baru!',
      },
    ],
  },
  {
    ...{ id: 195, name: 'flash_sale', category: 'MARKETING', ...common },
    hsm_details: [
      {
        ...{ id: 1951, language: 'id', approval_status: -1, number_of_arguments: 0 },
        content: 'BELI SEKARANG!!!',
        rejection_reason: 'INVALID_FORMAT',
      },
    ],
  },
];

/** A page of the list, the first is 1. @param most templates on a page, whatever is asked for */
export function pageOfTemplates(templates: readonly SandboxTemplate[], query: URLSearchParams, most: number): object {
  const page = Math.max(1, Number(query.get('page')) || 1);
  const limit = Math.min(most, Math.max(1, Number(query.get('limit')) || 20));
  const channel = query.get('channel_id');
  const wanted = templates
    .filter((template) => channel === null || template.channel_id === Number(channel))
    .map((template) => ({
      ...template,
      hsm_details: template.hsm_details.filter(
        ({ approval_status }) => query.get('approved') !== 'true' || approval_status === 1,
      ),
    }));
  return {
    data: { hsm_templates: wanted.slice((page - 1) * limit, page * limit) },
    meta: { page, limit, total: wanted.length },
  };
}

/** @throws {UsageError} when it is no list of templates, as far as the sandbox itself has to know them. */
export function checkTemplates(body: unknown): SandboxTemplate[] {
  const isOne = (one: unknown) =>
    typeof one === 'object' && one !== null && Array.isArray((one as { hsm_details?: unknown }).hsm_details);
  if (Array.isArray(body) && body.every(isOne)) return body as SandboxTemplate[];
  throw new UsageError('templates: must be an array of templates, each with its hsm_details, as GET gives them');
}
