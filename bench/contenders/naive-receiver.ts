// What one writes first: fastify, and one upsert for each status. It keeps what it is told by the message's id, without knowing which
// broadcast the message belongs to, nor whether it is ours.
import fastify from 'fastify';
import { Pool } from 'pg';
import { answerParent, setting } from './answer.js';

type Told = { statuses: { id: string; status: string; timestamp: string; recipient_id: string }[] };

const pool = new Pool({ connectionString: setting('DATABASE_URL'), max: 10 });
const app = fastify({ bodyLimit: 4_000_000 });
app.post<{ Body: Told }>('/callbacks', async ({ body }) => {
  for (const { id, status, timestamp, recipient_id } of body.statuses)
    await pool.query({
      name: 'upsert',
      text: `INSERT INTO naive_statuses (message_id, phone_number, status, status_at) VALUES ($1, $2, $3, to_timestamp($4))
             ON CONFLICT (message_id) DO UPDATE SET status = excluded.status, status_at = excluded.status_at`,
      values: [id, recipient_id, status, timestamp],
    });
  return { ok: true };
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });

await answerParent(async () => ({ port: Number(new URL(url).port) }));
