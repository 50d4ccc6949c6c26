import { audited } from '../pipeline/audited.js';
import { type MessageRequest, type MessageView, sendMessage } from '../pipeline/intake/send-message.js';
import { type ForgetOptions, type ForgottenEverywhere, forget } from '../pipeline/operating/forget.js';
import {
  listNumbers,
  listSuppressed,
  type PhoneNumbers,
  type Suppressed,
  type SuppressOptions,
  suppress,
  type Unsuppressed,
  unsuppress,
} from '../pipeline/operating/suppress.js';
import { findRecipient, type RecipientView } from '../pipeline/views/find-recipient.js';
import { type AuditQuery, type AuditView, listAudit } from '../pipeline/views/view-audit.js';
import type { SuppressionView } from '../store/suppressions.js';
import { CampaignCalls } from './siaran-campaigns.js';

/** The calls of `Siaran` that are about one person, or a few. */
export abstract class PeopleCalls extends CampaignCalls {
  /**
   * Sends one message, ahead of all bulk work, and waits up to `wait` for what comes of it; it goes on by itself. With a `key` it
   * may be called again: the same key sends once. @throws {UsageError} naming what is wrong.
   */
  sendMessage(request: MessageRequest): Promise<MessageView> {
    return sendMessage(this.ctx, request);
  }

  /** What a number was sent, in every run, newest first. @throws {UsageError} when it is no phone number. */
  recipient(phoneNumber: string): Promise<RecipientView> {
    const act = { action: 'look up', numbers: [phoneNumber] } as const;
    return audited(this.ctx, act, () => findRecipient(this.ctx, phoneNumber));
  }

  /**
   * Puts numbers on the suppression list: from now on no run messages them, whatever it holds of them already. What was handed
   * over before stays handed over. @throws {UsageError} that names each number that is none.
   */
  async suppress(phoneNumbers: PhoneNumbers, options?: SuppressOptions): Promise<Suppressed> {
    const numbers = listNumbers(phoneNumbers);
    const act = { action: 'suppress', detail: { count: numbers.length, ...options }, numbers } as const;
    return audited(this.ctx, act, () => suppress(this.ctx, numbers, options));
  }

  /** Takes numbers off the suppression list. Runs that left them out don't make up for it. @throws {UsageError} */
  async unsuppress(phoneNumbers: PhoneNumbers): Promise<Unsuppressed> {
    const numbers = listNumbers(phoneNumbers);
    const act = { action: 'unsuppress', detail: { count: numbers.length }, numbers } as const;
    return audited(this.ctx, act, () => unsuppress(this.ctx, numbers));
  }

  /**
   * Removes somebody's number, values and names from every run, for good. A digest of the number stays: runs know by it that they have messaged
   * it, and nobody messages it again. The same call completes what was stopped, and else changes nothing.
   * @throws {UsageError} when it is no phone number. @throws {SiaranError} `BEING_SENT`, retryable, while a batch with it is being sent.
   */
  forget(phoneNumber: string, options?: ForgetOptions): Promise<ForgottenEverywhere> {
    return forget(this.ctx, phoneNumber, options);
  }

  /** What was done, by whom, newest first; only what fits the query. @throws {UsageError} that names what of it is wrong. */
  async *audit(query: AuditQuery = {}): AsyncGenerator<AuditView> {
    for await (const page of listAudit(this.ctx, query)) yield* page;
  }

  /** The suppression list, in the order of the numbers; those who were forgotten have none, and aren't on it. */
  async *suppressed(): AsyncGenerator<SuppressionView> {
    for await (const page of listSuppressed(this.ctx)) yield* page;
  }
}
