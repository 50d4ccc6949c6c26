import { stringify } from 'csv-stringify/sync';
import { readBroadcastFile, readBroadcastJob } from '../../src/qiscus/answers.js';
import { Qiscus } from '../../src/qiscus/client.js';
import { columns, type Row } from '../rows.js';
import { setting, templateDetailId } from './answer.js';

/** Broadcast files that are on their way at the same time: what a worker of Siaran does by default. */
export const concurrency = 4;

/** Siaran's own client, so that only what is around it differs. */
export function openQiscus(): Qiscus {
  const provider = {
    baseUrl: setting('QISCUS_BASE_URL'),
    appId: setting('QISCUS_APP_ID'),
    secretKey: setting('QISCUS_SECRET_KEY'),
  };
  return new Qiscus(provider, 30_000, concurrency);
}

/** Rows as a CSV file, uploaded and sent. Nothing is remembered of it: what fails after the send would be sent again. */
export async function broadcastRows(qiscus: Qiscus, name: string, rows: readonly Row[]): Promise<void> {
  await sendFile(
    qiscus,
    name,
    Buffer.from(stringify([...rows], { columns: [...columns], header: true, record_delimiter: '\r\n' })),
  );
}

/** The same for a file that is there already. */
export async function sendFile(qiscus: Qiscus, name: string, csv: Buffer): Promise<void> {
  const separator = ',' as const;
  const uploaded = await qiscus.upload({ csv, fileName: `${name}.csv`, templateDetailId, separator });
  const file = 'status' in uploaded ? readBroadcastFile(uploaded) : undefined;
  if (!file) throw new Error(`not uploaded: ${JSON.stringify(uploaded)}`);
  const { broadcastFileId } = file;
  const sent = await qiscus.send(
    { templateDetailId, broadcastFileId, name, separator, startedAt: undefined },
    () => true,
  );
  if (!('status' in sent) || !readBroadcastJob(sent)) throw new Error(`not sent: ${JSON.stringify(sent)}`);
}
