import type { FaultRequest } from '../../src/sandbox/faults.js';
import { phoneNumber } from '../support/rig.js';
import type { Moment } from './proxy.js';
import type { Peer } from './setting.js';

/** A moment on the way of a recipient at which a process dies. */
export type Boundary = {
  name: string;
  role: 'worker' | 'producer';
  peer: Peer;
  moment: Moment;
  text: RegExp;
  /** Only while a send's intent stands. */
  whileSending?: true;
  faults?: readonly FaultRequest[];
  /** Of those that the way passes a few times only. */
  once?: true;
  /** Of messages that go out one by one. */
  individual?: true;
  /** Of rows that their caller hands in within its own transaction. */
  handedIn?: true;
};

const startRun = /INSERT INTO "public"."runs"/;
const openIntake = /^COMMIT[\s\S]*INSERT INTO intakes/;
const register = /^eval [\s\S]*'HSETNX'/i;
/** A producer puts a block into the buffer. */
export const push = /^eval [\s\S]*'pushed'/i;
const promise = /UPDATE intakes SET blocks/;
const seal = /UPDATE runs SET sealed_at/;
const peek = /^eval [\s\S]*string\.match\(head/i;
const insert = /^\s*INSERT INTO recipients/;
const insertRows = /^\s*INSERT INTO batch_rows/;
const chunkCommit = /^COMMIT[\s\S]*UPDATE intakes SET absorbed_to/;
const trim = /^eval [\s\S]*'LPOP'/i;
const hint = /^eval(sha)? [\s\S]*:deliver:/i;
const claim = /claim_number = claim_number \+ 1/;
const upload = /^POST \S*upload_csv/;
const recordUpload = /broadcast_file_id = [\s\S]*upload_answer =/;
const intent = /INSERT INTO attempts \(batch_id, number, token, worker, broadcast_name, started_at\)/;
const raise = /^eval [\s\S]*isKnown/i;
const send = /^POST \S*send_broadcast/;
const sendMessage = /^POST \S*broadcast\/client/;
const answer = /^\s*WITH attempt AS/;
const finish = (queue: string) => new RegExp(`^eval(sha)? [\\s\\S]* 14 \\{[^}]*\\}:${queue}:`, 'i');
const messageCommit = /^COMMIT[\s\S]*INSERT INTO broadcast_logs/;
const take = /DELETE FROM handed_in/;
const relayCommit = /^COMMIT[\s\S]*DELETE FROM handed_in/;
const splitCommit = /^COMMIT[\s\S]*UPDATE recipients SET batch_number/;

const slowSend: FaultRequest = { on: 'send', kind: 'latency', latencyMs: 300 };
const badRow: FaultRequest = { on: 'upload', kind: 'http', status: 422, message: 'bad row', match: phoneNumber(37) };

type Rest = Partial<Pick<Boundary, 'whileSending' | 'faults' | 'once'>>;
const at =
  (role: Boundary['role'], peer: Peer) =>
  (name: string, moment: Moment, text: RegExp, rest: Rest = {}): Boundary => ({
    name,
    role,
    peer,
    moment,
    text,
    ...rest,
  });
const [ledger, buffer, provider] = [at('worker', 'postgres'), at('worker', 'redis'), at('worker', 'provider')];
const [producersLedger, producersBuffer] = [at('producer', 'postgres'), at('producer', 'redis')];

/** In the order in which it happens to a recipient. */
export const boundaries: readonly Boundary[] = [
  producersLedger('before the run is started', 'before', startRun, { once: true }),
  producersLedger('after the run was started', 'after', startRun, { once: true }),
  producersLedger('before an intake is opened', 'before', openIntake, { once: true }),
  producersLedger('after an intake was opened', 'after', openIntake, { once: true }),
  producersBuffer('before an intake is registered', 'before', register, { once: true }),
  producersBuffer('after an intake was registered', 'after', register, { once: true }),
  producersBuffer('before a block is pushed', 'before', push),
  producersBuffer('while a block is written', 'half', push),
  producersBuffer('after a block was pushed', 'after', push),
  producersLedger('before the promise is recorded', 'before', promise, { once: true }),
  producersLedger('after the promise was recorded', 'after', promise, { once: true }),
  producersLedger('before the run is sealed', 'before', seal, { once: true }),
  producersLedger('after the run was sealed', 'after', seal, { once: true }),
  buffer('after blocks were peeked at', 'after', peek),
  ledger('while recipients are inserted', 'sent', insert),
  ledger('after recipients were inserted', 'after', insert),
  ledger("after batches' rows were inserted", 'after', insertRows),
  ledger("before a chunk's commit", 'before', chunkCommit),
  ledger("between a chunk's commit and the trim", 'after', chunkCommit),
  buffer('before the trim', 'before', trim),
  buffer('after the trim', 'after', trim),
  buffer('before deliveries are hinted at', 'before', hint),
  buffer('before the chunk job is completed', 'before', finish('chunk')),
  ledger('before a claim', 'before', claim),
  ledger('between the claim and the upload', 'after', claim),
  provider('before the upload is read', 'before', upload),
  provider('while the upload is read', 'half', upload),
  provider('while the provider works on the upload', 'sent', upload),
  provider('after the upload was accepted, before its answer', 'after', upload),
  ledger('before the upload is recorded', 'before', recordUpload),
  ledger('between the recorded upload and the intent', 'after', recordUpload),
  ledger('before the intent', 'before', intent),
  ledger("between the intent's commit and the witness", 'after', intent),
  buffer('before the witness is raised', 'before', raise),
  buffer('after the witness was raised', 'after', raise),
  provider('after the intent, when the connection stands', 'connect', /^connect$/, { whileSending: true }),
  provider('after the intent, before the request is read', 'before', send),
  provider('while the request is read', 'half', send),
  provider('while the provider works on the request', 'sent', send, { faults: [slowSend] }),
  provider('after the provider accepted, before its answer', 'after', send),
  ledger('after the answer, before the record', 'before', answer),
  ledger('while the answer is recorded', 'sent', answer),
  ledger('after the record, before the queue job is completed', 'after', answer),
  buffer('before the queue job is completed', 'before', finish('deliver')),
  buffer('after the queue job was completed', 'after', finish('deliver')),
  provider('while bisecting', 'after', upload, { faults: [badRow] }),
  ledger('before refused rows are moved to a batch of their own', 'before', splitCommit, {
    faults: [badRow],
    once: true,
  }),
  ledger('after refused rows were moved to a batch of their own', 'after', splitCommit, {
    faults: [badRow],
    once: true,
  }),
];

/** The way of a message: the same from the claim on, without a file. */
export const messageBoundaries: readonly Boundary[] = [
  ...boundaries.filter(
    ({ text }) => [claim, intent, raise, send, answer].includes(text) || text.source === '^connect$',
  ),
  ledger("before a message's answer is committed", 'before', messageCommit),
  ledger("after a message's answer was committed", 'after', messageCommit),
  buffer('after the queue job was completed', 'after', finish('deliver')),
].map(({ faults, ...boundary }) => ({
  ...boundary,
  name: `${boundary.name}, of a message`,
  text: boundary.text === send ? sendMessage : boundary.text,
  individual: true,
  ...(faults && { faults: faults.map((fault) => ({ ...fault, on: 'client' }) as FaultRequest) }),
}));

/** The way of rows that were handed in within their caller's transaction, until they are in a batch. */
export const relayBoundaries: readonly Boundary[] = [
  ledger('before handed-in rows are taken', 'before', take),
  ledger('after handed-in rows were taken', 'after', take),
  ledger('before the commit of handed-in rows', 'before', relayCommit),
  ledger('after the commit of handed-in rows', 'after', relayCommit),
].map((boundary) => ({ ...boundary, handedIn: true }));
