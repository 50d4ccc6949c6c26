import leven from 'leven';
import { campaignSettingNames } from '../domain/campaigns/campaign-changes.js';
import { showMasked } from '../domain/numbers/mask-number.js';
import { UsageError } from '../errors.js';
import type { AddOptions } from '../pipeline/campaigns/campaigns.js';
import type { EditOptions } from '../pipeline/campaigns/edit-campaign.js';
import type { RemoveOptions } from '../pipeline/campaigns/remove-campaign.js';
import type { MessageRequest } from '../pipeline/intake/send-message.js';
import type { RunRequest } from '../pipeline/intake/start-run.js';
import type { BulkRequest } from '../pipeline/operating/bulk.js';
import type { ResolveOptions } from '../pipeline/operating/resolve.js';
import type { SuppressOptions } from '../pipeline/operating/suppress.js';
import type { ResendRequest } from '../pipeline/resending/resend.js';
import type { NewTemplate } from '../pipeline/templates/add-template.js';
import type { TemplateQuery } from '../pipeline/templates/list-templates.js';
import type { TestSendRequest } from '../pipeline/test-sends/test-send.js';
import type { PreviewRequest } from '../pipeline/views/preview.js';
import type { BatchFilter } from '../store/views/batch-views.js';
import type { RunFilter } from '../store/views/run-list.js';
import type { BroadcastRequest } from './broadcast.js';
import type { Siaran } from './siaran.js';

/** The compiler sees to it that none is forgotten, and that there are no others. */
function names<T>(known: Record<keyof Required<T>, true>): readonly string[] {
  return Object.keys(known).sort();
}

const sending = {
  ...({ name: true, columns: true, separator: true, account: true, values: true, maxRejected: true } as const),
  ...({
    retryAfterFailure: true,
    channelId: true,
    pace: true,
    window: true,
    windowDays: true,
    timeZone: true,
  } as const),
  ...({
    dailyLimit: true,
    handOver: true,
    first: true,
    tooLateAfter: true,
    delivery: true,
    templateName: true,
  } as const),
  ...({ namespace: true, language: true, force: true, template: true, templateDetailId: true } as const),
  ...({ key: true, startAt: true, lateOk: true, catchUp: true, flushAfter: true } as const),
};

/** An argument that holds settings: which one it is, their names, and whether it may be left out. */
type SettingsArgument = { at: number; names: readonly string[]; isOptional?: true };

/** The calls in which a setting that is misspelt would go unnoticed, and send otherwise, or to others, than was meant. */
const callsWithSettings: Partial<Record<keyof Siaran, SettingsArgument | SettingsArgument[]>> = {
  startRun: { at: 0, names: names<RunRequest>(sending) },
  broadcast: { at: 0, names: names<BroadcastRequest<string>>({ ...sending, recipients: true }) },
  enqueue: { at: 2, names: ['source'], isOptional: true },
  sendMessage: {
    at: 0,
    names: names<MessageRequest>({
      ...{
        key: true,
        startAt: true,
        lateOk: true,
        timeZone: true,
        account: true,
        templateDetailId: true,
        template: true,
      },
      ...{ values: true, phoneNumber: true, variables: true, buttonParams: true, channelId: true, templateName: true },
      ...{ namespace: true, language: true, name: true, wait: true },
    }),
  },
  addCampaign: [
    { at: 0, names: campaignSettingNames },
    { at: 1, names: names<AddOptions>({ again: true, by: true }), isOptional: true },
  ],
  editCampaign: { at: 2, names: names<EditOptions>({ redo: true, version: true, by: true }), isOptional: true },
  removeCampaign: { at: 1, names: names<RemoveOptions>({ cancelRuns: true }), isOptional: true },
  batches: { at: 1, names: names<BatchFilter>({ status: true }), isOptional: true },
  suppress: { at: 1, names: names<SuppressOptions>({ reason: true }), isOptional: true },
  resend: {
    at: 1,
    names: names<ResendRequest>({
      ...{
        failed: true,
        codes: true,
        unansweredAfter: true,
        name: true,
        templateDetailId: true,
        dryRun: true,
        again: true,
      },
    }),
  },
  bulk: { at: 0, names: names<BulkRequest>({ action: true, filter: true, all: true, expected: true, dryRun: true }) },
  stopAll: { at: 0, names: ['account'], isOptional: true },
  go: { at: 0, names: ['account'], isOptional: true },
  runs: {
    at: 1,
    names: names<RunFilter>({
      ...{ state: true, name: true, account: true, campaign: true, kind: true, since: true, until: true },
    }),
    isOptional: true,
  },
  resolve: { at: 2, names: names<ResolveOptions>({ by: true, reason: true, ifState: true }) },
  templates: {
    at: 0,
    names: names<TemplateQuery>({ account: true, channelId: true, refresh: true }),
    isOptional: true,
  },
  preview: {
    at: 0,
    names: names<PreviewRequest>({ template: true, account: true, channelId: true, row: true, values: true }),
  },
  testSend: {
    at: 0,
    names: names<TestSendRequest>({
      ...{ template: true, account: true, channelId: true, phoneNumbers: true, variables: true, row: true, wait: true },
    }),
  },
  addTemplate: {
    at: 0,
    names: names<NewTemplate>({
      ...{ templateDetailId: true, name: true, language: true, account: true, category: true, channelId: true },
      ...{ namespace: true, header: true, body: true, footer: true, buttons: true, columns: true },
    }),
  },
  makeDraft: { at: 0, names: ['name', 'fileName', 'template', 'mapping', 'settings'] },
};

/** What is wrong with the settings of a call, or undefined: there are none, or one isn't known, which a program without types has nothing else to tell it. */
export function faultOfCall(call: string, args: readonly unknown[]): UsageError | undefined {
  const known = Object.hasOwn(callsWithSettings, call) ? callsWithSettings[call as keyof Siaran] : undefined;
  for (const expected of [known ?? []].flat()) {
    const fault = faultOfSettings(call, args[expected.at], expected);
    if (fault) return fault;
  }
  return undefined;
}

function faultOfSettings(call: string, given: unknown, expected: SettingsArgument): UsageError | undefined {
  if (given === undefined && expected.isOptional) return undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return new UsageError(`${call} takes an object with its settings, and got ${shown(given)}.`);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || expected.names.includes(name)) continue;
    const meant = nearest(name, expected.names);
    const right = meant === undefined ? `there are ${expected.names.join(', ')}` : `${meant} was probably meant`;
    return new UsageError(`${call} has no setting ${showMasked(name)}; ${right}.`);
  }
  return undefined;
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const written = name.slice(0, 100).toLowerCase();
  const [best] = known
    .map((other) => ({ other, distance: leven(written, other.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.min(3, best.other.length / 2) ? best.other : undefined;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return showMasked(value);
  return Array.isArray(value) ? 'an array' : String(value).slice(0, 60);
}
