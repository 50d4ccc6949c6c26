import { expect, test } from '@jest/globals';
import { escapeControls } from '../src/domain/text/control-characters.js';
import { LogOutput } from '../src/log-output.js';
import { createLogger } from '../src/logger.js';

/** A disk with room for so many bytes. */
function disk(room: number) {
  const state = { room, text: '' };
  const write = (bytes: Buffer) => {
    if (state.room === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const taken = bytes.subarray(0, state.room);
    state.room -= taken.length;
    state.text += taken.toString();
    return taken.length;
  };
  return { state, output: new LogOutput(write) };
}

test('lines that a full disk has no room for are counted, and told once there is room', () => {
  const { state, output } = disk(9);
  for (const line of ['first\n', 'second\n', 'third\n']) output.write(line);
  expect(state.text).toBe('first\nsec');
  state.room = 1_000;
  output.write('fourth\n');
  output.write('fifth\n');
  const lines = state.text.split('\n');
  expect(lines).toEqual(['first', 'sec', expect.stringContaining('"lines":2'), 'fourth', 'fifth', '']);
});

test('a reader that is slow is waited for, but not for ever', () => {
  const slow = Object.assign(new Error('try again'), { code: 'EAGAIN' });
  let [busy, text] = [3, ''];
  const output = new LogOutput((bytes) => {
    busy -= 1;
    if (busy > 0) throw slow;
    text += bytes.toString();
    return bytes.length;
  });
  output.write('line\n');
  expect(text).toBe('line\n');
  busy = Number.POSITIVE_INFINITY;
  const begun = Date.now();
  for (let lines = 0; lines < 100; lines += 1) output.write('lost\n');
  expect(Date.now() - begun).toBeLessThan(5_000);
  busy = 0;
  output.write('last\n');
  expect(text).toMatch(/^line\n\{.*"lines":100.*\}\nlast\n$/);
});

test('what a terminal would obey stands in a line as JSON writes it, with the same value', () => {
  let text = '';
  const output = new LogOutput((bytes) => {
    text += bytes.toString();
    return bytes.length;
  }, escapeControls);
  const line = { msg: 'refused: \x1b[2J\x9b31m\u202e' };
  output.write(`${JSON.stringify(line)}\n`);
  expect(text).toBe('{"msg":"refused: \\u001b[2J\\u009b31m\\u202e"}\n');
  expect(JSON.parse(text)).toEqual(line);
});

test('no text of a line is taken for a format: what stands in it stays as it is', () => {
  const lines: unknown[] = [];
  const take = (fields: object, message?: string) => void lines.push([fields, message]);
  const logger = createLogger('info', [], { level: 'info', debug: take, info: take, warn: take, error: take });
  const text = '%s %d %j %o %% %c';
  logger.warn(text);
  logger.warn({ name: text, of: 'Ani' }, text);
  expect(lines).toEqual([
    [{}, text],
    [{ name: text, of: 'Ani' }, text],
  ]);
});
