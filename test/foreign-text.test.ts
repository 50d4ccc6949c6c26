import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { describeError } from '../src/cli/terminal/failure.js';
import { parseColumnMap, parseHeads } from '../src/domain/columns/column-map-text.js';
import { describeUnknownHeads } from '../src/domain/columns/guess-columns.js';
import {
  excerptMasked,
  maskGroupedNumbersIn,
  maskNumbersBesideDatesIn,
  maskPhoneNumber,
  maskPhoneNumbersIn,
  showMasked,
} from '../src/domain/numbers/mask-number.js';
import { compilePhoneNumberReader } from '../src/domain/numbers/phone-number.js';
import { doubledKey, mayBeInexact, parseExactly } from '../src/domain/recipients/exact-json.js';
import { compileRecipientReader } from '../src/domain/recipients/recipient.js';
import { RejectionReasons } from '../src/domain/recipients/rejection-reasons.js';
import { readCallback } from '../src/domain/statuses/callback.js';
import { errorChain, isCertificateError } from '../src/errors.js';
import { openRecipients } from '../src/input/read-recipients.js';
import { readAnswer, readMessageAnswer } from '../src/pipeline/delivery/read-answer.js';
import { isObservedError, providerWords, readBroadcastFile, readBroadcastJob } from '../src/qiscus/answers.js';
import { isClustersNode, isRedisAway, isRedisFull, isRedisRefused } from '../src/queue/redis/redis-faults.js';
import { isPostgresAway, isPostgresRefused } from '../src/store/postgres/database.js';
import { patternsIn, unitsFor } from './source-patterns.js';

const size = 1_000_000;

/** A text of 1 MB that repeats `unit`. */
function pumped(unit: string, { before = '', behind = '' } = {}): string {
  return before + unit.repeat(Math.ceil((size - before.length - behind.length) / unit.length)) + behind;
}

/** What makes a pattern look at the same characters again and again, if one does. */
const texts: readonly (readonly [string, string])[] = [
  ['tags that begin', pumped('<')],
  ['tags that begin, with a letter', pumped('<a ')],
  ['spaces', pumped(' ', { behind: 'x' })],
  ['line ends', pumped('\r', { behind: 'x' })],
  ['quotes', pumped('"')],
  ['quotes behind backslashes', pumped('\\"', { before: '"' })],
  ['backslashes', pumped('\\', { behind: 'u00' })],
  ['digits', pumped('1', { behind: 'x' })],
  ['digits with spaces', pumped('1    ')],
  ['digits of another script', pumped('٣ ')],
  ['commas and braces', pumped('},')],
  ['NUL', pumped('\0')],
  ['halves of characters', pumped('\ud800')],
  ['beginnings of certificate errors', pumped('unable to get ')],
  ["beginnings of Prisma's messages", pumped('Message: `')],
  ['letters and dashes', pumped('ab-')],
];

const answerOf = (text: string, status = 400) => ({ status, retryAfter: undefined, text });
/** Of at most 1 MB too: a character may be escaped as six. */
const messageAnswer = (text: string) =>
  JSON.stringify({ data: { broadcast_logs: [{ notes: text, status: text, sent_at: text }] } });
const asError = (text: string) => new Error(text, { cause: new Error(text) });
const asReply = (text: string) => Object.assign(asError(text), { name: 'ReplyError' });
const readNumber = compilePhoneNumberReader();
const readIndonesian = compilePhoneNumberReader('ID');
const columns = ['phone_number', 'customer_name', 'header_variable', 'body_variable1', 'button1_variable1'];
const readers = (['reject', 'clean', 'send'] as const).map((policy) => compileRecipientReader(columns, 'ID', policy));
const row = Object.fromEntries(columns.map((column) => [column, 'x']));

/** Whatever looks at text that somebody else wrote, of whatever length. */
const looks: Record<string, (text: string) => unknown> = {
  "the provider's words": (text) => providerWords(answerOf(text)),
  "the provider's words in JSON": (text) => providerWords(answerOf(JSON.stringify({ error: text.slice(0, size / 6) }))),
  'an answer to a send': (text) => readAnswer(answerOf(text, 200)),
  'an answer to a message': (text) => readMessageAnswer(answerOf(messageAnswer(text.slice(0, size / 20)), 200)),
  'whether it is an error of Qiscus': (text) => isObservedError(answerOf(text)),
  'numbers in a log line': maskPhoneNumbersIn,
  'grouped numbers': maskGroupedNumbersIn,
  'numbers beside dates': maskNumbersBesideDatesIn,
  'one number': maskPhoneNumber,
  'a shortened text': (text) => [showMasked(text), excerptMasked(text)],
  'a phone number': (text) => [readNumber(text), readIndonesian(text)],
  'a text of a message': (text) => readers[0]?.({ ...row, body_variable1: text }),
  'a text that is cleaned': (text) => readers[1]?.({ ...row, body_variable1: text }),
  'a text that is sent as it is': (text) => readers[2]?.({ ...row, button1_variable1: text }),
  'a name': (text) => readers[0]?.({ ...row, customer_name: text }),
  'a header': (text) => readers[0]?.({ ...row, header_variable: text }),
  'names of columns': (text) => readers[0]?.({ ...row, [text]: 'x' }),
  'unknown columns': (text) =>
    describeUnknownHeads([{ head: text.slice(0, 65_536), values: [text] }], ['phone_number']),
  'reasons of rejections': (text) => new RejectionReasons().add(1, text),
  'a column map': (text) => [parseColumnMap(text.slice(0, 10_000)), parseHeads(text.slice(0, 10_000))],
  'an error of Postgres': (text) => [isPostgresAway(asError(text)), isPostgresRefused(asError(text))],
  'an error of Redis': (text) =>
    [isRedisAway, isRedisFull, isRedisRefused, isClustersNode].map((is) => [is(asError(text)), is(asReply(text))]),
  'an error of a connection': (text) => isCertificateError(asError(text)),
  'an error on the command line': (text) => describeError(asError(text)),
  'a callback': (text) =>
    readCallback({
      statuses: [
        { id: text, status: text },
        { id: 'x', status: 'failed', timestamp: text, recipient_id: text, errors: [text, { code: text, title: text }] },
      ],
    }),
  'exact numbers': (text) => [
    parseExactly(JSON.stringify({ text: text.slice(0, size / 6) })),
    mayBeInexact(text),
    doubledKey(JSON.stringify({ text: text.slice(0, size / 6), x: 1 }), 2),
  ],
  'exact long numbers': () => parseExactly(`[${'1'.repeat(size)}]`),
};

/** The shortest of some times, as far as it isn't short at once. */
function timeOf(act: () => unknown, limit = 0): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let times = 0; times < 7 && shortest > limit; times++) shortest = Math.min(shortest, costOf(act));
  return shortest;
}

/** In milliseconds of this process, whatever else the machine does meanwhile. */
function costOf(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** What a few passes over such a text cost here and now: a limit in milliseconds alone would fail on a busy machine. */
function limitFor(text: string): number {
  return Math.max(250, 4 * timeOf(() => text.replace(/[\s\p{Nd}<]/gu, '*')));
}

const limits = texts.map(([name, text]) => [name, text, limitFor(text)] as const);

describe('1 MB of the worst text is looked at within a quarter of a second, by', () => {
  test.each(Object.entries(looks))('%s', (_name, look) => {
    for (const [name, text, limit] of limits) {
      const ms = timeOf(() => look(text), limit);
      if (ms > limit) throw new Error(`${name}: ${ms.toFixed(0)} ms, limit ${limit.toFixed(0)} ms`);
    }
  });
});

describe('a body of recipients is read in time that grows with its length, whether it is', () => {
  const telling = /^(spaces|line ends|quotes|commas|NUL)/;
  const bodies = texts
    .filter(([name]) => telling.test(name))
    .flatMap(([name, text]) => [
      [name, text.slice(0, 300_000)],
      [`${name} behind a header line`, `phone_number,body_variable1\n6281527975868,${text}`.slice(0, 300_000)],
      [`${name} in an object`, `{"phone_number":"6281527975868"}\n{"phone_number":${text}`.slice(0, 300_000)],
    ]);
  test.each(bodies)('%s', async (_name, body = '') => {
    const buffer = Buffer.from(body);
    const chunks: Buffer[] = [];
    for (let at = 0; at < buffer.length; at += 65_536) chunks.push(buffer.subarray(at, at + 65_536));
    const before = process.cpuUsage();
    try {
      const stream = (async function* () {
        yield* chunks;
      })();
      const { rows } = await openRecipients({ stream, name: 'it' });
      for await (const _ of rows);
    } catch (error) {
      expect((error as { code?: string }).code).toMatch(/^(USAGE|INPUT)$/);
    }
    // A time that grows with the square of the length was above this many times over; a busy machine isn't.
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(15_000);
  });
});

describe('an answer of many layers', () => {
  const layers = (count: number) => `${'['.repeat(count)}${']'.repeat(count)}`;
  const job = (more: string) => answerOf(`{"data":{"broadcast_job":{"id":145,"more":${more}}}}`, 200);

  test.each([100, 10_000, 400_000])('of %d is an answer still: its job is known', (count) => {
    const read = readBroadcastJob(job(layers(count)));
    expect(read?.broadcastJobId).toBe(145);
    // It has to go through JSON, and into Postgres, whose jsonb has a bound too.
    expect(JSON.stringify(read?.broadcastJob).length).toBeLessThan(1_000);
  });

  test('is an uploaded file still', () => {
    const read = readBroadcastFile(
      answerOf(`{"broadcast_file_id":7,"more":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, 200),
    );
    expect(read?.broadcastFileId).toBe(7);
    expect(JSON.stringify(read?.answer).length).toBeLessThan(1_000);
  });

  test('ends no callback', () => {
    const deep = JSON.parse(layers(400_000)) as unknown;
    const reading = readCallback({
      statuses: [
        {
          id: 'wamid.1',
          status: 'failed',
          timestamp: deep,
          recipient_id: deep,
          errors: [deep, { code: deep, title: deep }],
        },
      ],
    });
    expect(reading).toMatchObject({
      kind: 'statuses',
      statuses: [{ messageId: 'wamid.1', at: null, phoneNumber: null }],
    });
  });

  test('with half a million logs keeps some of them', () => {
    const answer = answerOf(`{"data":{"broadcast_job_id":145,"broadcast_logs":[${'{},'.repeat(300_000)}{}]}}`, 200);
    expect(readMessageAnswer(answer).logs.length).toBeLessThanOrEqual(100);
    const limit = 5 * limitFor(answer.text);
    expect(timeOf(() => readMessageAnswer(answer), limit)).toBeLessThan(limit);
  });

  test('and errors whose causes, or whose fields, lead back to them end too', () => {
    const error = new Error('x'.repeat(size)) as Error & { meta?: unknown };
    error.cause = error;
    error.meta = { error, big: 10n };
    expect(errorChain(error).length).toBeLessThan(200_000);
  });
});

/** Patterns whose time grows faster than the text, and why no long text reaches them. */
const boundedTexts = new Map([
  [String.raw`/\/+$/`, 'the address of an account, which stands in a file of the operator'],
  [String.raw`/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g`, 'reads what is JSON: every quote is closed'],
  [String.raw`/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g`, 'the same'],
]);

test('no pattern in the source takes time that grows faster than the text', () => {
  const slow: string[] = [];
  const inSource = execFileSync('git', ['ls-files', 'src', 'workers'], { encoding: 'utf8' }).split('\n');
  for (const { source, flags, files } of patternsIn(inSource.filter((name) => name.endsWith('.ts')))) {
    const name = `/${source}/${flags}`;
    if (boundedTexts.has(name)) continue;
    const isSticky = flags.includes('y');
    const pattern = new RegExp(source, isSticky ? flags : `${flags.replace('g', '')}g`);
    const costFor = (unit: string, length: number) => {
      const text = `${unit.repeat(Math.ceil(length / unit.length))}\u0001`;
      pattern.lastIndex = 0;
      return costOf(() => (isSticky ? pattern.test(text) : text.replace(pattern, '')));
    };
    for (const unit of unitsFor(source)) {
      if (costFor(unit, 4_000) < 2) continue;
      // Four times the text takes four times as long, or sixteen times where it is looked at again from every place.
      const [short, long] = [4_000, 16_000].map((length) => Math.min(costFor(unit, length), costFor(unit, length)));
      if (short !== undefined && long !== undefined && long > 8 && long > 9 * short)
        slow.push(`${name} in ${files.join(', ')}: ${long.toFixed(0)} ms for ${JSON.stringify(unit)}`);
    }
  }
  expect([...new Set(slow)]).toEqual([]);
});
