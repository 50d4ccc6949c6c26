import { expect, test } from '@jest/globals';
import { ReplyError } from 'ioredis';
import { UnavailableError } from '../../../src/errors.js';
import {
  isClustersNode,
  isRedisAway,
  isRedisDiskFull,
  isRedisFull,
  isRedisRefused,
  isRedisSilent,
} from '../../../src/queue/redis/redis-faults.js';

const reply = (message: string): Error => new ReplyError(message);
const coded = (code: string) => Object.assign(new Error(`connect ${code} 127.0.0.1:6379`), { code });
const judges = { isClustersNode, isRedisAway, isRedisDiskFull, isRedisFull, isRedisRefused, isRedisSilent };
const judged = (error: unknown) =>
  Object.entries(judges).flatMap(([name, judge]) => (judge(error) ? [name.replace(/^is(Redis)?/, '')] : []));

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", ['Full']],
  ['ERR Error running script (call to f_0a1b): @user_script: 1: -OOM command not allowed when used memory', ['Full']],
  // As Redis 6.2 has it.
  [
    "ERR Error running script (call to f_0a1b): @user_script:41: @user_script: 41: -OOM command not allowed when used memory > 'maxmemory'.",
    ['Full'],
  ],
  ["OOM command not allowed when used memory > 'maxmemory'. script: 0a1b, on @user_script:12.", ['Full']],
  ['MISCONF Redis is configured to save RDB snapshots, but is unable to persist to disk.', ['DiskFull', 'Full']],
  ["READONLY You can't write against a read only replica.", ['Away']],
  ['LOADING Redis is loading the dataset in memory', ['Away']],
  ['CLUSTERDOWN Hash slot not served', ['Away']],
  ['MOVED 3999 127.0.0.1:6381', ['ClustersNode']],
  ['NOAUTH Authentication required.', ['Refused']],
  ['WRONGPASS invalid username-password pair or user is disabled.', ['Refused']],
  ["NOPERM this user has no permissions to run the 'get' command", ['Refused']],
  // What it was asked stands in it.
  ["ERR unknown command 'OOM', with args beginning with: 'READONLY' 'MISCONF'", []],
  ['ERR value is not writeable, or ETIMEDOUT', []],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', []],
])('an answer of Redis is known by its first word: %s', (message, expected) => {
  expect(judged(reply(message))).toEqual(expected);
  expect(judged(new UnavailableError('Redis', reply(message)))).toEqual(expected);
});

test.each([
  [coded('ECONNREFUSED'), ['Away']],
  [coded('ETIMEDOUT'), ['Away', 'Silent']],
  [coded('ENOTFOUND'), ['Away']],
  [new Error('Connection is closed.'), ['Away']],
  [new Error('Command timed out'), ['Away', 'Silent']],
  [new Error("Socket timeout. Expecting data, but didn't receive any in 5000ms."), ['Away', 'Silent']],
  [new Error("Stream isn't writeable and enableOfflineQueue options is false"), ['Away']],
  // Of somebody else, whatever words they use.
  [new Error('OOM: the list has a column READONLY that is not writeable'), []],
  [new Error('a row says ECONNREFUSED'), []],
  [Object.assign(new Error('column "MISCONF" does not exist'), { code: '42703', severity: 'ERROR' }), []],
  [undefined, []],
  ['OOM', []],
])('another error is known by its code, or by what ioredis says word for word: %s', (error, expected) => {
  expect(judged(error)).toEqual(expected);
});
