import { expect, test } from '@jest/globals';
import { judgeTraces } from '../../../src/cli/doctor/judge-outgoing.js';
import { parseConfig } from '../../../src/config/config.js';

const env = { DATABASE_URL: 'postgres://siaran@db/siaran', REDIS_URL: 'redis://redis:6379' };
const judge = (more: Record<string, string>) => judgeTraces(parseConfig({ ...env, ...more }));
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://name:hunter22@collector:4318/base' };
const HTTP_PROXY = 'http://siaran:hunter22@proxy:3128';

test.each([
  [{}, 'are not asked for'],
  [{ ...endpoint, OTEL_SDK_DISABLED: 'true' }, 'are not asked for'],
  [endpoint, 'go to http://collector:4318, through no proxy'],
  [{ ...endpoint, HTTP_PROXY }, 'go to http://collector:4318 through http://proxy:3128'],
  [{ ...endpoint, HTTP_PROXY, NO_PROXY: 'collector' }, 'go to http://collector:4318, through no proxy'],
])('with %j the doctor says where traces go, and by which proxy, without a password: %s', (more, detail) => {
  expect(judge(more)).toEqual({ ok: true, detail });
});

test('an endpoint that is no address is told, and what would be one', () => {
  expect(judge({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })).toEqual({
    ...{ ok: false, detail: 'the endpoint that they should go to is no address' },
    todo: 'Write it as http://collector:4318 in OTEL_EXPORTER_OTLP_ENDPOINT.',
  });
});
