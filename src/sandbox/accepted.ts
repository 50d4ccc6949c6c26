import type { Separator } from './check-csv.js';

export type Endpoint = 'upload' | 'send' | 'client';

export type AcceptedJob = {
  readonly id: number;
  readonly name: string;
  /** Null for a single message (`broadcast/client`), which has no file. */
  readonly broadcastFileId: number | null;
  readonly templateDetailId: number;
  /** Exactly as received; null when the request had none, which means now. */
  readonly startedAt: string | null;
  readonly recipients: number;
  readonly receivedAt: string;
};

type AcceptedFile = {
  readonly id: number;
  readonly rows: number;
  readonly header: readonly string[];
  readonly separator: Separator;
};

export type AcceptedSummary = {
  readonly files: number;
  readonly jobs: number;
  readonly recipients: number;
  readonly distinctNumbers: number;
  /** More than 1 means that a number was messaged again. */
  readonly mostPerNumber: number;
  /** Requests that came in, refused and failed ones too. */
  readonly requests: Readonly<Record<Endpoint, number>>;
};

type StoredFile = AcceptedFile & {
  readonly templateDetailId: number;
  /** Digits of at most 15 places fit a double exactly: 8 bytes a recipient, where a string takes 40. */
  readonly numbers: Float64Array;
  bytes: Uint8Array | undefined;
  sent: boolean;
};

/** Told of the numbers of each broadcast and message that is accepted. */
type OnAccepted = (numbers: ArrayLike<number>, job: AcceptedJob) => void;

const DEFAULT_KEPT_FILE_BYTES = 64 * 1024 * 1024;

/** Everything that the sandbox said yes to: the record against which a sender is judged. */
export class Accepted {
  readonly #jobs: AcceptedJob[] = [];
  readonly #files = new Map<number, StoredFile>();
  /** By the number as a number: E.164 has at most 15 digits, and a text for each would take twice the time and the memory. */
  readonly #deliveries = new Map<number, number>();
  readonly #requests: Record<Endpoint, number> = { upload: 0, send: 0, client: 0 };
  readonly #keptFileBytes: number;
  readonly #onAccepted: OnAccepted;
  /** Ids of files whose text is still held, oldest first. */
  readonly #held: number[] = [];
  #heldBytes = 0;
  #recipients = 0;
  #mostPerNumber = 0;
  #nextId = firstId();

  constructor(keptFileBytes: number = DEFAULT_KEPT_FILE_BYTES, onAccepted: OnAccepted = () => {}) {
    this.#keptFileBytes = keptFileBytes;
    this.#onAccepted = onAccepted;
  }

  jobs(): AcceptedJob[] {
    return [...this.#jobs];
  }

  files(): AcceptedFile[] {
    return Array.from(this.#files.values(), ({ id, rows, header, separator }) => ({ id, rows, header, separator }));
  }

  /** A copy, so that one can be kept and compared with a later one. */
  deliveries(): Map<string, number> {
    return new Map(Array.from(this.#deliveries, ([number, count]) => [String(number), count]));
  }

  deliveriesTo(number: string): number {
    return this.#deliveries.get(Number(number)) ?? 0;
  }

  summary(): AcceptedSummary {
    return {
      files: this.#files.size,
      jobs: this.#jobs.length,
      recipients: this.#recipients,
      distinctNumbers: this.#deliveries.size,
      mostPerNumber: this.#mostPerNumber,
      requests: { ...this.#requests },
    };
  }

  /** The CSV as received; `bytes` is undefined once newer files have pushed it out of memory. */
  fileText(id: number): { readonly bytes: Uint8Array | undefined } | undefined {
    const file = this.#files.get(id);
    return file && { bytes: file.bytes };
  }

  file(id: number): Readonly<Omit<StoredFile, 'bytes' | 'numbers'>> | undefined {
    return this.#files.get(id);
  }

  countRequest(endpoint: Endpoint): void {
    this.#requests[endpoint] += 1;
  }

  addFile(file: {
    header: readonly string[];
    separator: Separator;
    templateDetailId: number;
    numbers: readonly string[];
    bytes: Uint8Array;
  }): number {
    const id = this.takeId();
    this.#files.set(id, {
      id,
      rows: file.numbers.length,
      header: file.header,
      separator: file.separator,
      templateDetailId: file.templateDetailId,
      numbers: Float64Array.from(file.numbers, Number),
      bytes: file.bytes,
      sent: false,
    });
    this.#held.push(id);
    this.#heldBytes += file.bytes.byteLength;
    this.#dropOldTexts();
    return id;
  }

  /** Counts a delivery to each row of the file, however often it was sent before. */
  addBroadcast(job: {
    fileId: number;
    name: string;
    templateDetailId: number;
    startedAt: string | null;
    receivedAt: Date;
  }): AcceptedJob {
    const file = this.#files.get(job.fileId);
    if (file === undefined) throw new RangeError(`file ${job.fileId} was not accepted`);
    file.sent = true;
    for (const number of file.numbers) this.#countDelivery(number);
    const accepted = this.#addJob({ ...job, file: file.id, recipients: file.rows });
    this.#onAccepted(file.numbers, accepted);
    return accepted;
  }

  addMessage(job: {
    number: string;
    name: string;
    templateDetailId: number;
    startedAt: string | null;
    receivedAt: Date;
  }): AcceptedJob {
    this.#countDelivery(Number(job.number));
    const accepted = this.#addJob({ ...job, file: null, recipients: 1 });
    this.#onAccepted([Number(job.number)], accepted);
    return accepted;
  }

  /** Rising, and never given again, for whatever the provider numbers. */
  takeId(): number {
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }

  /** Ids go on rising, so that a ledger that knew the old ones never meets them again. */
  reset(): void {
    this.#jobs.length = 0;
    this.#files.clear();
    this.#deliveries.clear();
    this.#held.length = 0;
    this.#heldBytes = 0;
    this.#recipients = 0;
    this.#mostPerNumber = 0;
    Object.assign(this.#requests, { upload: 0, send: 0, client: 0 });
  }

  #addJob(job: {
    name: string;
    file: number | null;
    templateDetailId: number;
    startedAt: string | null;
    recipients: number;
    receivedAt: Date;
  }): AcceptedJob {
    const accepted: AcceptedJob = {
      id: this.takeId(),
      name: job.name,
      broadcastFileId: job.file,
      templateDetailId: job.templateDetailId,
      startedAt: job.startedAt,
      recipients: job.recipients,
      receivedAt: job.receivedAt.toISOString(),
    };
    this.#jobs.push(accepted);
    this.#recipients += job.recipients;
    return accepted;
  }

  #countDelivery(number: number): void {
    const count = (this.#deliveries.get(number) ?? 0) + 1;
    this.#deliveries.set(number, count);
    this.#mostPerNumber = Math.max(this.#mostPerNumber, count);
  }

  #dropOldTexts(): void {
    while (this.#heldBytes > this.#keptFileBytes) {
      const file = this.#files.get(this.#held.shift() ?? -1);
      if (file?.bytes === undefined) return;
      this.#heldBytes -= file.bytes.byteLength;
      file.bytes = undefined;
    }
  }
}

/** Hundredths of a second since 2025: a sandbox that is started again gives no id that its forerunner gave, which a ledger would hold for a double. */
function firstId(): number {
  return Math.floor((Date.now() - Date.UTC(2025, 0, 1)) / 10);
}
