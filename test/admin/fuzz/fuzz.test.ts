import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Document } from '../../../src/admin/document/document.js';
import { random } from '../../kill/scenes/random.js';
import { type AdminRig, startAdminRig } from '../../support/admin.js';
import { phoneNumber } from '../../support/rig.js';
import { operationsOf } from '../document/lacks.js';
import { type FuzzAnswer, openJudge } from './judge.js';
import { type FuzzRequest, makeRequest } from './make-request.js';
import { knownAt, makeThings } from './things.js';

/**
 * Every operation of the API document with everything that it takes, in ways that are right, on the edge, and wrong. `SIARAN_TEST_FUZZ`
 * says how many requests, `SIARAN_TEST_FUZZ_SEED` which; the same seed asks the same.
 */
const count = Number(process.env.SIARAN_TEST_FUZZ ?? 400);
const seed = Number(process.env.SIARAN_TEST_FUZZ_SEED ?? 1);
const longestMs = 30_000;
let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_TEST_NUMBERS: phoneNumber(900) } });
});
afterAll(() => rig.close());

async function ask({ path, method: verb, url, headers, payload = '' }: FuzzRequest): Promise<FuzzAnswer> {
  const method = verb.toUpperCase() as 'GET';
  // A stream needs a socket.
  if (/\/(events|recipients|file)$/.test(path)) return askOverSocket(method, url, headers, payload);
  const { statusCode, headers: told, body } = await rig.app.inject({ method, url, headers, payload });
  return { status: statusCode, type: String(told['content-type']), body };
}

function askOverSocket(method: string, path: string, headers: Record<string, string>, payload: string | Buffer) {
  return new Promise<FuzzAnswer>((resolve, reject) => {
    const { hostname, port } = new URL(rig.url);
    const asked = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      const told = { status: response.statusCode ?? 0, type: String(response.headers['content-type']) };
      if (told.type.startsWith('text/event-stream')) {
        resolve({ ...told, body: undefined });
        return void response.destroy();
      }
      text(response).then((body) => resolve({ ...told, body }), reject);
    });
    asked.once('error', reject);
    asked.end(payload);
  });
}

function within<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${longestMs / 1_000} s`)), longestMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

test(
  `whatever is asked is answered as the API document says (${count} requests, seed ${seed})`,
  async () => {
    const document = (await rig.ask('GET', '/openapi.json')).body as Document;
    const operations = operationsOf(document);
    const judge = openJudge(document);
    const dice = random(seed);
    const faults: string[] = [];
    const statuses: number[] = [];
    let things = await makeThings(rig, 0);
    for (let at = 0; at < count; at += 1) {
      const visit = Math.floor(at / operations.length);
      // What is asked for is used up by what is asked.
      if (at > 0 && at % 50 === 0) things = await makeThings(rig, at);
      const described = operations[at % operations.length] as (typeof operations)[number];
      const asked = makeRequest(described, { document, known: knownAt(described.path, things), dice, visit });
      const answer = await within(ask(asked)).catch((error: Error) => error);
      const fault = answer instanceof Error ? answer.message : judge(asked, answer);
      if (!(answer instanceof Error)) statuses.push(answer.status);
      if (fault !== undefined) faults.push(`#${at} of seed ${seed}: ${fault}\n${written(asked, answer)}`);
    }
    expect(faults.join('\n')).toBe('');
    // Neither is all of it refused, nor all of it taken.
    for (const [from, to] of [
      [200, 299],
      [400, 499],
    ] as const)
      expect(statuses.filter((status) => status >= from && status <= to).length).toBeGreaterThan(count / 5);
  },
  60_000 + count * 1_000,
);

function written({ method, url, headers, payload = '' }: FuzzRequest, answer: FuzzAnswer | Error): string {
  const told = answer instanceof Error ? '' : `${answer.status} ${answer.body?.slice(0, 300)}`;
  return `  ${method} ${url.slice(0, 400)}\n  ${JSON.stringify(headers).slice(0, 300)}\n  ${JSON.stringify(String(payload).slice(0, 200))}\n  ${told}`;
}
