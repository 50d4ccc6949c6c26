import * as z from 'zod';
import { approvalView } from '../schemas/approval.js';
import { auditView } from '../schemas/audit.js';
import { campaignVersion, campaignView } from '../schemas/campaign.js';
import { stop } from '../schemas/desk.js';
import { draftView } from '../schemas/draft.js';
import { messageView, recipientView, suppressionView } from '../schemas/people.js';
import { campaignResults, messageResults, runResults } from '../schemas/result.js';
import {
  attemptView,
  batchView,
  delivery,
  enqueued,
  forecast,
  holdView,
  rejectionView,
  runView,
  startedRun,
  verification,
} from '../schemas/run.js';
import { previewView, runPreviewView, templateView } from '../schemas/template.js';

/** The names of what several operations answer with. What is one operation's own is named after it. */
const named = {
  Approval: approvalView,
  Attempt: attemptView,
  AuditEntry: auditView,
  Batch: batchView,
  Campaign: campaignView,
  CampaignResults: campaignResults,
  CampaignVersion: campaignVersion,
  Delivery: delivery,
  Draft: draftView,
  Enqueued: enqueued,
  Forecast: forecast,
  Hold: holdView,
  Message: messageView,
  MessageResults: messageResults,
  Preview: previewView,
  Recipient: recipientView,
  Rejection: rejectionView,
  Run: runView,
  RunPreview: runPreviewView,
  RunResults: runResults,
  StartedRun: startedRun,
  Stop: stop,
  Suppression: suppressionView,
  Template: templateView,
  Verification: verification,
};

/** Gives schemas the names under which the API document has them. */
export function nameSchemas(): void {
  for (const [id, schema] of Object.entries(named))
    z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
}
