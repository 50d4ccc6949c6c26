import { PrismaPg } from '@prisma/adapter-pg';
import { openSiaran } from 'siaran';
import { PrismaClient } from './generated/client.js';

// Siaran's tables are in the schema `public` of the same database; those of the application are in another one.
const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL ?? '' }, { schema: 'app' });
const prisma = new PrismaClient({ adapter });
const siaran = openSiaran();

// In your application, migrations do this.
await prisma.$executeRaw`CREATE SCHEMA IF NOT EXISTS app`;
await prisma.$executeRaw`CREATE TABLE IF NOT EXISTS app.invoices (number TEXT PRIMARY KEY, phone TEXT NOT NULL, due_at TIMESTAMP NOT NULL, reminded_at TIMESTAMP)`;
await prisma.invoice.createMany({
  data: [
    { number: 'INV-0001', phone: '6281234567890', dueAt: new Date('2026-01-01') },
    { number: 'INV-0002', phone: '6281234567891', dueAt: new Date('2026-01-01') },
  ],
  skipDuplicates: true,
});

const { id: runId } = await siaran.startRun({
  key: 'reminders',
  name: 'Payment reminders',
  templateDetailId: 172,
  columns: ['phone_number', 'body_variable1'],
  flushAfter: '2s',
});

// If this commits, the recipients are enqueued and the invoices are marked. If it doesn't, neither has happened.
const handedIn = await prisma.$transaction(async (tx) => {
  const due = await tx.invoice.findMany({ where: { dueAt: { lte: new Date() }, remindedAt: null } });
  await tx.invoice.updateMany({
    where: { number: { in: due.map(({ number }) => number) } },
    data: { remindedAt: new Date() },
  });
  return siaran.enqueueIn<'phone_number' | 'body_variable1'>(
    tx,
    'reminders',
    due.map(({ phone, number }) => ({ phone_number: phone, body_variable1: number })),
  );
});
console.log(`Run ${runId}: ${handedIn} handed in`);

await siaran.close();
await prisma.$disconnect();
