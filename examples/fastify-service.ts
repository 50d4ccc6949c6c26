import fastify from 'fastify';
import { NotFoundError, openSiaran } from 'siaran';

const siaran = openSiaran();
// The workers run in this process; other processes may run more of them.
await siaran.work();

const { id: reminders } = await siaran.startRun({
  key: `reminders-${new Date().toISOString().slice(0, 10)}`,
  name: 'Payment reminders',
  templateDetailId: 172,
  columns: ['phone_number', 'body_variable1'],
  flushAfter: '2s', // what has waited so long goes out, although its batch isn't full
});

const app = fastify();

app.post<{ Body: { phone: string; invoice: string } }>('/reminders', async ({ body }, reply) => {
  const recipient = { phone_number: body.phone, body_variable1: body.invoice };
  const { accepted } = await siaran.enqueue(reminders, [recipient]);
  return reply.code(accepted === 1 ? 202 : 422).send({ runId: reminders, accepted });
});

app.get<{ Params: { runId: string } }>('/runs/:runId', async ({ params }, reply) => {
  try {
    const { status, recipients } = await siaran.run(params.runId);
    return { status, recipients };
  } catch (error) {
    if (error instanceof NotFoundError) return reply.code(404).send({ error: error.message });
    throw error;
  }
});

// Ends the requests to Qiscus that have begun, then closes every connection.
app.addHook('onClose', () => siaran.close());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());

console.log(await app.listen({ port: Number(process.env.PORT ?? 8000) }));
