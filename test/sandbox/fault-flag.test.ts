import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../src/errors.js';
import { DEFAULT_ASSUMPTIONS } from '../../src/sandbox/assumptions.js';
import { faultHelp, parseFaultFlag } from '../../src/sandbox/fault-flag.js';
import { FAULT_KINDS } from '../../src/sandbox/faults.js';

describe('a fault flag becomes a fault', () => {
  test.each([
    [
      'send:http:429,times=3,retryAfterSeconds=2',
      { on: 'send', kind: 'http', status: 429, times: 3, retryAfterSeconds: 2 },
    ],
    ['upload:latency,latencyMs=200', { on: 'upload', kind: 'latency', latencyMs: 200 }],
    [
      'any:close-after-accepting,after=2,probability=0.5,seed=7',
      { on: 'any', kind: 'close-after-accepting', after: 2, probability: 0.5, seed: 7 },
    ],
    [
      'upload:http:422,match=628111,message=a=b',
      { on: 'upload', kind: 'http', status: 422, match: '628111', message: 'a=b' },
    ],
    ['send:http:504,accepted=true', { on: 'send', kind: 'http', status: 504, accepted: true }],
    [
      '{"on":"send","kind":"http","status":500,"message":"a, b"}',
      { on: 'send', kind: 'http', status: 500, message: 'a, b' },
    ],
  ])('%s', (text, fault) => {
    expect(parseFaultFlag(text)).toEqual(fault);
  });
});

describe('a fault flag that is wrong names the part and gives an example', () => {
  test.each([
    ['sent:http:500', 'unknown endpoint "sent"'],
    ['send', 'unknown kind ""'],
    ['send:htp:500', 'unknown kind "htp"'],
    ['send:http', 'http needs a status'],
    ['send:http:abc', 'status must be a number, not "abc"'],
    ['send:http:200', 'status'],
    ['send:latency:5,latencyMs=1', '"5" is one part too many'],
    ['send:http:500:1', '"1" is one part too many'],
    ['send:latency', 'latencyMs'],
    ['send:http:500,time=3', 'unknown setting "time"'],
    ['send:http:500,times', '"times" is not name=value'],
    ['send:http:500,times=', 'times must be a number, not ""'],
    ['send:http:500,times=0', 'times'],
    ['send:http:500,times=1,times=2', 'times is given twice'],
    ['send:http:500,accepted=yes', 'accepted must be true or false'],
    ['send:close-before-reading,match=x', 'match'],
    ['{"on":', 'not valid JSON'],
  ])('%s', (text, part) => {
    const parse = () => parseFaultFlag(text);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(part);
    expect(parse).toThrow('send:http:429,times=3');
  });
});

test('the help has a line for every kind and, with the word assumed, for every assumption', () => {
  const lines = faultHelp().split('\n');
  for (const kind of FAULT_KINDS) expect(lines.some((line) => line.startsWith(`  ${kind} `))).toBe(true);
  for (const name of Object.keys(DEFAULT_ASSUMPTIONS)) {
    expect(lines.find((line) => line.includes(` ${name} `))).toContain('assumed');
  }
});
