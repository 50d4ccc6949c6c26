import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSiaran, type Siaran, SiaranError, UsageError } from '../../src/index.js';
import { type Environment, freshEnvironment } from '../support/environment.js';
import { invoiceColumns, invoices } from '../support/rig.js';

// Calls as JavaScript lets a program make them, or TypeScript once a request comes out of a spread.

let environment: Environment;
let siaran: Siaran;

beforeAll(async () => {
  environment = await freshEnvironment();
  siaran = openSiaran({ ...environment.env, QISCUS_APP_ID: 'app', QISCUS_SECRET_KEY: 'key' });
});

afterAll(async () => {
  await siaran.close();
  await environment.drop();
});

const run = { name: 'Reminders', templateDetailId: 172, columns: invoiceColumns };
const message = {
  phoneNumber: '6281234567890',
  templateDetailId: 172,
  channelId: 5,
  templateName: 'a',
  namespace: 'b',
};

async function* list() {
  yield 'phone_number\n6281234567890\n';
}

type Wrong = (siaran: Siaran) => Promise<unknown>;

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test.each<[string, Wrong, RegExp]>([
  [
    'a start',
    (s) => s.startRun({ ...run, ...{ startsAt: '2027-01-01' } }),
    /^startRun has no setting "startsAt"; startAt was probably meant\.$/,
  ],
  [
    'a start of a broadcast',
    (s) => s.broadcast({ ...run, recipients: invoices(2), ...{ starttAt: '2027-01-01' } }),
    /^broadcast has no setting "starttAt"; startAt was probably meant\.$/,
  ],
  [
    'variables',
    (s) => s.sendMessage({ ...message, language: 'id', ...{ variable: ['1'] } }),
    /"variable"; variables was/,
  ],
  [
    'a dry run',
    (s) => s.bulk({ action: 'cancel', filter: {}, all: true, ...{ dryrun: true } }),
    /"dryrun"; dryRun was/,
  ],
  [
    'what becomes of the runs of a campaign that is removed',
    (s) => s.removeCampaign('a', { cancelRun: true } as object),
    /"cancelRun"; cancelRuns was/,
  ],
  [
    'whether what was fired is fired anew',
    (s) => s.editCampaign('a', { pace: '1/1h' }, { re_do: true } as object),
    /^editCampaign has no setting "re_do"; redo was/,
  ],
  [
    'which batches',
    (s) => s.batches('r1', { state: 'failed' } as object),
    /^batches has no setting "state"; status was/,
  ],
  ['a reason', (s) => s.suppress(['6281234567890'], { reasons: 'a' } as object), /"reasons"; reason was/],
  ['codes', (s) => s.resend('r1', { failed: true, ...{ code: [131026] } }), /^resend has no setting "code"; codes was/],
  ['an account', (s) => s.stopAll({ acount: 'a' } as object), /^stopAll has no setting "acount"; account was/],
  ['what runs are found by', (s) => s.runs(1, { nam: 'x' } as object), /^runs has no setting "nam"; name was/],
  [
    'a source',
    (s) => s.enqueue('r1', invoices(1), { sources: 'x' } as object),
    /^enqueue has no setting "sources"; source was/,
  ],
  [
    'how a batch was found',
    (s) => s.resolve('r1-0001', { ...{ notSent: true, see: 3 } } as never, { by: 'ada' }),
    /^resolve has no setting "see"; seen was/,
  ],
  ['who asks to be forgotten', (s) => s.forget('6281234567890', { bye: 'ada' } as object), /^forget .*"bye"; by was/],
  [
    'the version of a draft',
    (s) => s.discardDraft('d', { versoin: 3 } as object),
    /^discardDraft .*"versoin"; version was/,
  ],
  ['the version of another draft', (s) => s.confirmDraft({ id: 'd', versoin: 3 } as never), /"versoin"; version was/],
  ['people', (s) => s.confirmDraft({ id: 'd', version: 3 }, { poeple: 3 } as object), /"poeple"; people was/],
  [
    'a setting of a draft',
    (s) => s.makeDraft({ name: 'a', settings: { maxReject: '1%' } as object }, list()),
    /^settings of makeDraft has no setting "maxReject"; maxRejected was probably meant\.$/,
  ],
  [
    'a setting that a run has and a draft has not',
    (s) => s.makeDraft({ name: 'a', settings: { key: 'a' } as object }, list()),
    /^settings of makeDraft has no setting "key"; there are catchUp, /,
  ],
  [
    "a draft's account",
    (s) => s.makeDraft({ name: 'a', template: { template: 'a', acount: 'b' } as object }, list()),
    /^template of makeDraft has no setting "acount"; account was/,
  ],
  [
    'whom workers send to again',
    (s) => s.startRun({ ...run, retryAfterFailure: { codes: [131026], after: '24h', times: 2, time: 3 } as never }),
    /retryAfterFailure has "time"; it has codes, after, times/,
  ],
  [
    'what a button is given',
    (s) => s.sendMessage({ ...message, language: 'id', buttonParams: [{ type: 'url', values: 'a', idx: 0 }] as never }),
    /^buttonParams of sendMessage has no setting "idx"; /,
  ],
  [
    'what fitted',
    (s) => s.bulk({ action: 'cancel', filter: {}, all: true, expected: { run: 1 } as never }),
    /^expected of bulk has no setting "run"; runs was/,
  ],
  [
    'where a button leads',
    (s) =>
      s.addTemplate({
        ...{ templateDetailId: 7, name: 'a', language: 'id', body: 'b' },
        buttons: [{ type: 'url', text: 'c', ulr: 'https://example.com' }] as never,
      }),
    /^buttons of addTemplate has no setting "ulr"; there are phoneNumber, text, type, url\.$/,
  ],
  [
    'something that is near to nothing',
    (s) => s.startRun({ ...run, ...{ '6281234567890': 1 } }),
    /^startRun has no setting "6281\*+90"; there are account, .*, windowDays\.$/,
  ],
])('%s that is misspelt is refused, and nothing is done', async (_, call, message) => {
  const before = await siaran.runs();
  const error = await errorOf(call(siaran));
  expect(error).toBeInstanceOf(UsageError);
  expect(await siaran.runs()).toEqual(before);
  expect((error as UsageError).message).toMatch(message);
});

test('a setting that is undefined is not there', async () => {
  await expect(siaran.stopAll({ acount: undefined } as object)).resolves.toMatchObject({ runs: 0 });
  await siaran.go();
});

test.each<[string, Wrong, RegExp]>([
  [
    'startRun',
    (s) => s.startRun(undefined as never),
    /^startRun takes an object with its settings, and got undefined\.$/,
  ],
  ['broadcast', (s) => s.broadcast(null as never), /^broadcast takes an object .* got null\.$/],
  ['sendMessage', (s) => s.sendMessage('6281234567890' as never), /^sendMessage takes .* got "6281\*+90"\.$/],
  ['bulk', (s) => s.bulk(undefined as never), /^bulk takes/],
  ['bulk without a filter', (s) => s.bulk({ action: 'cancel' } as never), /^filter is undefined; it is an object/],
  ['resend', (s) => s.resend('r1', undefined as never), /^resend takes/],
  ['resolve', (s) => s.resolve('r1-0001', { sent: 5 }, undefined as never), /^resolve takes/],
  [
    'a batch that is said to be neither',
    (s) => s.resolve('r1-0001', {} as never, { by: 'ada' }),
    /^The resolution says/,
  ],
  [
    'a batch that is said to be both',
    (s) => s.resolve('r1-0001', { sent: 5, notSent: true } as never, { by: 'ada' }),
    /^The resolution says/,
  ],
  [
    'a batch that is not said to be not sent',
    (s) => s.resolve('r1-0001', { notSent: false } as never, { by: 'ada' }),
    /^The resolution says/,
  ],
  ['addCampaign', (s) => s.addCampaign(undefined as never), /^addCampaign takes/],
  ['preview', (s) => s.preview(undefined as never), /^preview takes/],
  ['testSend', (s) => s.testSend(undefined as never), /^testSend takes/],
  ['addTemplate', (s) => s.addTemplate(undefined as never), /^addTemplate takes/],
  ['makeDraft', (s) => s.makeDraft(undefined as never, (async function* () {})()), /^makeDraft takes/],
  ['a start that is a number', (s) => s.startRun({ ...run, startAt: 5 as never }), /startAt: 5 is no date/],
  ['no number to forget', (s) => s.forget(undefined as never), /phone_number/],
  [
    'an audience without a function',
    async (s) => s.registerAudience('due', undefined as never),
    /^recipients is undefined; it is a function that gives the recipients/,
  ],
  [
    'an audience that is a list',
    async (s) => s.registerAudience('due', [...invoices(1)] as never),
    /^recipients is a list; it is a function/,
  ],
  ['an audience without a name', async (s) => s.registerAudience(5 as never, () => []), /^name is 5; the name of/],
  ['so many runs', (s) => s.runs(-1), /^limit is -1; it is how many runs/],
  ['runs by an empty name', (s) => s.runs(20, { name: '' }), /^name is empty: leave it out/],
  ['a state of runs', (s) => s.runs(1, { state: 'nope' as never }), /^state is "nope"; it is open, sealed/],
  ['a run without an id', (s) => s.run(undefined as never), /^There is no run undefined\./],
])('%s: a wrong call gets an error that says what would be right', async (_, call, message) => {
  const error = await errorOf(call(siaran));
  expect(error).toBeInstanceOf(SiaranError);
  expect((error as SiaranError).code).toMatch(/^(USAGE|NOT_FOUND)$/);
  expect((error as SiaranError).message).toMatch(message);
});

test('once it is closed, each call says so, and that it is not to be repeated', async () => {
  await siaran.close();
  const calls: Wrong[] = [
    (s) => s.runs(),
    (s) => s.broadcast({ ...run, recipients: invoices(1) }),
    (s) => s.sendMessage({ ...message, language: 'id' }),
    (s) => s.watch('r1').next(),
    (s) => s.work(),
  ];
  for (const call of calls) {
    const error = (await errorOf(call(siaran))) as SiaranError;
    expect([error.code, error.retryable]).toEqual(['CLOSED', false]);
    expect(error.message).toBe('This Siaran was closed. Open another one with openSiaran.');
  }
  await siaran.close();
});
