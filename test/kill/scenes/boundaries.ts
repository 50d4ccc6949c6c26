import type { FaultRequest } from '../../../src/sandbox/faults.js';
import { phoneNumber } from '../../support/rig.js';
import { commitOf, script, statement } from '../names.js';
import type { Peer } from '../setting/hands.js';
import type { Moment } from '../setting/proxy.js';

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
  /** How often one process passes it at most, where that is less than three times. */
  times?: 1 | 2;
  /** Of messages that go out one by one. */
  individual?: true;
  /** Of rows that their caller hands in within its own transaction. */
  handedIn?: true;
};

const startRun = statement('a run is inserted');
const openIntake = commitOf('an intake is opened');
const register = script('an intake is registered');
/** A producer puts a block into the buffer. */
export const push = script('a block is pushed');
const promise = statement('rows are promised');
const seal = statement('a run is sealed');
const peek = script('blocks are peeked at');
const insert = statement('recipients are inserted');
const insertRows = statement('rows of batches are inserted');
const chunkCommit = commitOf('an intake is absorbed');
const trim = script('blocks are trimmed');
const hint = /^eval(sha)? [\s\S]*:deliver:/i;
const claim = statement('a batch is claimed');
const upload = /^POST \S*upload_csv/;
const recordUpload = statement('an upload is recorded');
const intent = statement('the intent of a send');
const raise = script('a send is remembered');
const send = /^POST \S*send_broadcast/;
const sendMessage = /^POST \S*broadcast\/client/;
const answer = statement('the answer to a send');
const finish = (queue: string) => new RegExp(`^eval(sha)? [\\s\\S]* 14 \\{[^}]*\\}:${queue}:`, 'i');
const messageCommit = commitOf('a message gets its log');
const take = statement('handed-in rows are taken');
const relayCommit = commitOf('handed-in rows are taken');
const splitCommit = commitOf('recipients change their batch');

const slowSend: FaultRequest = { on: 'send', kind: 'latency', latencyMs: 300 };
const badRow: FaultRequest = { on: 'upload', kind: 'http', status: 422, message: 'bad row', match: phoneNumber(37) };

type Rest = Partial<Pick<Boundary, 'whileSending' | 'faults' | 'times'>>;
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
  producersLedger('before the run is started', 'before', startRun, { times: 1 }),
  producersLedger('after the run was started', 'after', startRun, { times: 1 }),
  producersLedger('before an intake is opened', 'before', openIntake, { times: 1 }),
  producersLedger('after an intake was opened', 'after', openIntake, { times: 1 }),
  producersBuffer('before an intake is registered', 'before', register, { times: 1 }),
  producersBuffer('after an intake was registered', 'after', register, { times: 1 }),
  producersBuffer('before a block is pushed', 'before', push),
  producersBuffer('while a block is written', 'half', push),
  producersBuffer('after a block was pushed', 'after', push),
  producersLedger('before the promise is recorded', 'before', promise, { times: 1 }),
  producersLedger('after the promise was recorded', 'after', promise, { times: 1 }),
  producersLedger('before the run is sealed', 'before', seal, { times: 1 }),
  producersLedger('after the run was sealed', 'after', seal, { times: 1 }),
  buffer('after blocks were peeked at', 'after', peek),
  ledger('while recipients are inserted', 'sent', insert, { times: 2 }),
  ledger('after recipients were inserted', 'after', insert, { times: 2 }),
  ledger("after batches' rows were inserted", 'after', insertRows, { times: 2 }),
  ledger("before a chunk's commit", 'before', chunkCommit, { times: 2 }),
  ledger("between a chunk's commit and the trim", 'after', chunkCommit, { times: 2 }),
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
    times: 1,
  }),
  ledger('after refused rows were moved to a batch of their own', 'after', splitCommit, {
    faults: [badRow],
    times: 1,
  }),
];

/** The way of a message: the same from the claim on, without a file. */
export const messageBoundaries: readonly Boundary[] = [
  ...boundaries.filter(
    ({ text }) => [claim, intent, raise, send, answer].includes(text) || text.source === '^connect$',
  ),
  // Of the first message only: the others' answers are one statement, with their logs.
  ledger("before a message's answer is committed", 'before', messageCommit, { times: 1 }),
  ledger("after a message's answer was committed", 'after', messageCommit, { times: 1 }),
  // Messages of a run share queue jobs.
  buffer('after the queue job was completed', 'after', finish('deliver'), { times: 2 }),
].map(({ faults, ...boundary }) => ({
  ...boundary,
  ...timesOfMessages(boundary.text),
  name: `${boundary.name}, of a message`,
  text: boundary.text === send ? sendMessage : boundary.text,
  individual: true,
  ...(faults && { faults: faults.map((fault) => ({ ...fault, on: 'client' }) as FaultRequest) }),
}));

/** Only the first message of a run is claimed; what is asked of the others, as a group, comes once after that. */
function timesOfMessages(text: RegExp): Pick<Boundary, 'times'> {
  if (text === claim) return { times: 1 };
  return [intent, raise, answer].includes(text) ? { times: 2 } : {};
}

/** The way of rows that were handed in within their caller's transaction, until they are in a batch. */
export const relayBoundaries: readonly Boundary[] = [
  ledger('before handed-in rows are taken', 'before', take, { times: 2 }),
  ledger('after handed-in rows were taken', 'after', take, { times: 2 }),
  ledger('before the commit of handed-in rows', 'before', relayCommit, { times: 1 }),
  ledger('after the commit of handed-in rows', 'after', relayCommit, { times: 1 }),
].map((boundary) => ({ ...boundary, handedIn: true }));
