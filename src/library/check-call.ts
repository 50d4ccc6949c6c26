import { campaignSettingNames } from '../domain/campaigns/campaign-changes.js';
import type { ButtonParam } from '../domain/columns/button-params.js';
import { showMasked } from '../domain/numbers/mask-number.js';
import type { TemplateButton, TemplateHeader } from '../domain/templates/template.js';
import { unknownSetting } from '../domain/text/nearest-name.js';
import { UsageError } from '../errors.js';
import type { AddOptions } from '../pipeline/campaigns/campaigns.js';
import type { EditOptions } from '../pipeline/campaigns/edit-campaign.js';
import type { RemoveOptions } from '../pipeline/campaigns/remove-campaign.js';
import type { DraftChanges, DraftSettings, SeenDraft } from '../pipeline/drafts/draft.js';
import type { ConfirmOptions, NewDraft } from '../pipeline/drafts/make-draft.js';
import type { MessageRequest } from '../pipeline/intake/send-message.js';
import type { RunRequest } from '../pipeline/intake/start-run.js';
import type { BulkFound, BulkRequest } from '../pipeline/operating/bulk.js';
import type { ForgetOptions } from '../pipeline/operating/forget.js';
import type { ResolveOptions } from '../pipeline/operating/resolve.js';
import type { SuppressOptions } from '../pipeline/operating/suppress.js';
import type { ResendRequest } from '../pipeline/resending/resend.js';
import type { NewTemplate } from '../pipeline/templates/add-template.js';
import type { TemplateQuery } from '../pipeline/templates/list-templates.js';
import type { TestSendRequest } from '../pipeline/test-sends/test-send.js';
import type { PreviewRequest } from '../pipeline/views/preview.js';
import type { Resolution } from '../store/resolutions.js';
import type { BatchFilter } from '../store/views/batch-views.js';
import type { RunFilter } from '../store/views/run-list.js';
import type { BroadcastRequest } from './broadcast.js';
import type { Siaran } from './siaran.js';

/** Those of any of the kinds that a type may be. */
type NameOf<T> = T extends unknown ? keyof T : never;

/** The compiler sees to it that none is forgotten, and that there are no others. */
function names<T>(known: Record<NameOf<T>, true>): readonly string[] {
  return Object.keys(known).sort();
}

/** What a run has of its own, and a draft's run too. */
const going = {
  ...({ values: true, maxRejected: true, retryAfterFailure: true, channelId: true, pace: true, window: true } as const),
  ...({ windowDays: true, timeZone: true, dailyLimit: true, handOver: true, first: true, tooLateAfter: true } as const),
  ...({ delivery: true, force: true, catchUp: true, startAt: true } as const),
};

const sending = {
  ...going,
  ...({ name: true, columns: true, separator: true, account: true, templateName: true, namespace: true } as const),
  ...({ language: true, template: true, templateDetailId: true, key: true, lateOk: true, flushAfter: true } as const),
};

/** An argument that holds settings. */
type SettingsArgument = {
  /** Which one it is. */
  at: number;
  names: readonly string[];
  /** The names of what some settings hold: an object, or a list of them. */
  within?: Readonly<Record<string, readonly string[]>>;
  /** It may be left out. */
  isOptional?: true;
  /** With this setting it may be a draft or a plan as a call gave it, whatever else that has. */
  orWholeWith?: 'version' | 'people';
};

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
    within: { buttonParams: names<ButtonParam>({ type: true, values: true, index: true }) },
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
  bulk: [
    {
      ...{ at: 0, names: names<BulkRequest>({ action: true, filter: true, all: true, expected: true, dryRun: true }) },
      within: { expected: names<BulkFound>({ runs: true, recipients: true, state: true }) },
    },
    { at: 1, names: ['onProgress'], isOptional: true },
  ],
  forget: { at: 1, names: names<ForgetOptions>({ by: true }), isOptional: true },
  stopAll: { at: 0, names: ['account'], isOptional: true },
  go: { at: 0, names: ['account'], isOptional: true },
  runs: {
    at: 1,
    names: names<RunFilter>({
      ...{ state: true, name: true, account: true, campaign: true, kind: true, since: true, until: true },
    }),
    isOptional: true,
  },
  resolve: [
    {
      at: 1,
      names: names<Resolution>({
        ...{ sent: true, notSent: true, force: true, despiteEvidence: true, seen: true, correct: true },
      }),
    },
    { at: 2, names: names<ResolveOptions>({ by: true, reason: true, ifState: true }) },
  ],
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
      ...{ template: true, account: true, channelId: true, phoneNumbers: true, variables: true, row: true },
      ...{ values: true, wait: true },
    }),
  },
  addTemplate: {
    at: 0,
    names: names<NewTemplate>({
      ...{ templateDetailId: true, name: true, language: true, account: true, category: true, channelId: true },
      ...{ namespace: true, header: true, body: true, footer: true, buttons: true, columns: true },
    }),
    within: {
      header: names<TemplateHeader>({ type: true, text: true, defaultValue: true }),
      buttons: names<TemplateButton>({ type: true, text: true, url: true, phoneNumber: true }),
    },
  },
  makeDraft: {
    at: 0,
    names: names<NewDraft>({ name: true, fileName: true, template: true, mapping: true, settings: true }),
    within: {
      template: names<NonNullable<DraftChanges['template']>>({
        ...{ account: true, channelId: true, template: true, templateDetailId: true },
      }),
      settings: names<DraftSettings>(going),
    },
  },
  confirmDraft: [
    { at: 0, names: names<SeenDraft>({ id: true, version: true }), orWholeWith: 'version' },
    { at: 1, names: names<ConfirmOptions>({ people: true }), isOptional: true, orWholeWith: 'people' },
  ],
  discardDraft: { at: 1, names: ['version'], isOptional: true, orWholeWith: 'version' },
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
  const { names: known, within = {}, isOptional, orWholeWith } = expected;
  if (given === undefined && isOptional) return undefined;
  if (!isObject(given)) return new UsageError(`${call} takes an object with its settings, and got ${shown(given)}.`);
  if (orWholeWith !== undefined && given[orWholeWith] !== undefined) return undefined;
  const fault = faultOfNames(call, given, known);
  if (fault) return fault;
  for (const [name, parts] of Object.entries(within))
    for (const part of [given[name]].flat()) {
      // What is no object at all is said by the call itself.
      const inside = isObject(part) ? faultOfNames(`${name} of ${call}`, part, parts) : undefined;
      if (inside) return inside;
    }
  return undefined;
}

function faultOfNames(where: string, given: Record<string, unknown>, known: readonly string[]): UsageError | undefined {
  const name = Object.keys(given).find((each) => given[each] !== undefined && !known.includes(each));
  return name === undefined ? undefined : new UsageError(unknownSetting(where, name, known));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return showMasked(value);
  return Array.isArray(value) ? 'an array' : String(value).slice(0, 60);
}
