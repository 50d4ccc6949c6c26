import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSetting, type Setting } from '../setting.js';
import { json, run } from '../siaran.js';

type Sent = { runId: string; accepted: number; rejected: number; already?: true; run?: { outcome: string } };

let setting: Setting;
let sandbox: Setting['sandbox'];
let env: Setting['env'];
let folder: Setting['folder'];
let file: Setting['file'];

beforeAll(async () => {
  setting = await openSetting({ worker: true, env: { SIARAN_DEFAULT_COUNTRY: 'ID' } });
  ({ sandbox, env, folder, file } = setting);
});

afterAll(() => setting.close());

const settings = ['--template-detail-id', '172', '--name', 'Test'];
const header = 'phone_number,customer_name\n';
const allWrong = `${header}abc,Ani\ndef,Budi\n6281234567890\n`;

/** Sends what has to end with 1, to a start of its own: the same content would be the same run otherwise. */
async function sendsNobody(path: string, more: string[] = [], input?: string): Promise<{ sent: Sent; stderr: string }> {
  const ended = await run(['send', path, ...settings, ...more, '--json'], {
    env,
    ...(input !== undefined && { input }),
  });
  expect(ended).toMatchObject({ code: 1, stdout: expect.stringMatching(/^\{.*\}\n$/) });
  expect(ended.stderr).not.toMatch(/ {4}at /);
  return { sent: JSON.parse(ended.stdout) as Sent, stderr: ended.stderr };
}

const outcomeOf = async (runId: string) => (await json<{ outcome: string }>(['run', runId], { env })).outcome;

describe('sending that takes nobody ends with 1', () => {
  it('when every row is rejected, with the commonest reasons', async () => {
    const { sent, stderr } = await sendsNobody(await file(`${allWrong}1,2,3\n1,2,3,4\n`));
    expect(sent).toEqual({ runId: expect.any(String), accepted: 0, rejected: 5 });
    expect(stderr).toBe(
      [
        'No recipient was accepted: all 5 rows were rejected.',
        '  2 rows, the first is row 1: phone_number "abc" has letters in it; write digits only, such as 6281234567890',
        '  2 rows, the first is row 4: line 5 has 3 values, the header line names 2 columns; a value with a "," in it is put in quotes',
        '  1 row, row 3: line 4 has 1 value, the header line names 2 columns',
        `All of them: siaran rejections ${sent.runId}`,
        '',
      ].join('\n'),
    );
    expect(await outcomeOf(sent.runId)).toBe('nobody');
  });

  it('also when it was sent before, which is no success then', async () => {
    const path = await file(`${header}ghi,Ani\n`);
    const first = await sendsNobody(path);
    const second = await sendsNobody(path);
    expect(second.sent).toEqual({ runId: first.sent.runId, accepted: 0, rejected: 0, already: true });
    expect(second.stderr).toContain(
      `Run ${first.sent.runId} has the same recipients already, and nobody was in it: 1 row was rejected.`,
    );
    const people = await run(['send', path, ...settings], { env });
    expect(people).toMatchObject({ code: 1, stdout: expect.not.stringContaining('was sent before') });
  });

  it.each([
    ['has nothing in it', ''],
    ['has blank lines only', '\n\r\n \n'],
    ['has a header line only', header],
  ])('when the file %s; and so does sending it again', async (_, content) => {
    const path = await file(content);
    const { sent, stderr } = await sendsNobody(path);
    expect(sent).toEqual({ runId: expect.any(String), accepted: 0, rejected: 0 });
    expect(stderr).toBe(`No recipient was accepted: there is no row in ${path}.\n`);
    expect(await outcomeOf(sent.runId)).toBe('nobody');
    const again = await sendsNobody(path);
    expect(again.sent).toEqual({ runId: sent.runId, accepted: 0, rejected: 0, already: true });
    expect(again.stderr).toBe(`Run ${sent.runId} has the same recipients already, and nobody was in it.\n`);
  });

  it.each([
    ['has nothing in it', '', 'k-empty'],
    ['has a header line only', header, 'k-header'],
  ])('when standard input %s', async (_, input, key) => {
    const { sent, stderr } = await sendsNobody('-', ['--key', key], input);
    expect(sent).toEqual({ runId: expect.any(String), accepted: 0, rejected: 0 });
    expect(stderr).toBe('No recipient was accepted: there is no row in standard input.\n');
    expect(await outcomeOf(sent.runId)).toBe('nobody');
  });

  it('with --watch, and run --watch says the same', async () => {
    const { sent } = await sendsNobody(await file(`${header}jkl,Ani\n`), ['--watch']);
    expect(sent).toMatchObject({ accepted: 0, rejected: 1, run: { outcome: 'nobody' } });
    const watched = await run(['run', sent.runId, '--watch'], { env });
    expect(watched).toMatchObject({ code: 1, stdout: expect.stringMatching(/status +finished, nobody was in it\n/) });
  });

  it('with --no-seal, which leaves the run open', async () => {
    const { sent } = await sendsNobody(await file(`${header}mno,Ani\n`), ['--no-seal']);
    expect(sent).toMatchObject({ accepted: 0, rejected: 1 });
    expect(await json(['run', sent.runId], { env })).toMatchObject({ status: 'open', outcome: null });
    const sealed = await run(['seal', sent.runId, '--json'], { env });
    expect(sealed.code).toBe(1);
    expect(JSON.parse(sealed.stdout)).toMatchObject({ id: sent.runId, outcome: 'nobody' });
    expect(sealed.stderr).toMatch(
      new RegExp(`^Nobody was in run ${sent.runId}: 1 row was rejected\\.\n {2}1 row, row 1: `),
    );
  });

  it('without --json too', async () => {
    const ended = await run(['send', await file(`${header}pqr,Ani\n`), ...settings], { env });
    expect(ended).toMatchObject({ code: 1, stdout: expect.stringMatching(/: 0 accepted, 1 rejected\./) });
    expect(ended.stderr).toMatch(
      /^No recipient was accepted: 1 row was rejected\.\n {2}1 row, row 1: phone_number "pqr" /,
    );
  });
});

describe('a dry run of what would reach nobody ends with 1, and prints its document', () => {
  it.each([
    ['every row is rejected', allWrong, { accepted: 0, rejected: 3 }, 'all 3 rows would be rejected'],
    ['there is a header line only', header, { accepted: 0, rejected: 0 }, 'there is no row in '],
    ['there is nothing', '', { accepted: 0, rejected: 0 }, 'there is no row in '],
    ['everybody is suppressed', 'phone_number\n6281211110001\n', { accepted: 1, suppressed: 1 }, 'all are suppressed'],
  ])('when %s', async (_, content, counts, why) => {
    await json(['suppress', 'add', '6281211110001'], { env });
    const path = await file(content);
    const ended = await run(['send', path, ...settings, '--dry-run', '--json'], { env, cwd: folder });
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ...counts, files: 0 });
    expect(ended.stderr).toContain(`Nobody would be messaged: ${why}`);
  });

  it('and that of what would reach somebody with 0', async () => {
    const path = await file(`${header}6281211110002,Ani\nabc,Budi\n`);
    const ended = await run(['send', path, ...settings, '--dry-run', '--json'], { env, cwd: folder });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });
});

it('a run whose recipients are all suppressed ends nobody, and fails who waits for it', async () => {
  await json(['suppress', 'add', '6281211110003'], { env });
  const path = await file(`${header}6281211110003,Ani\n`);
  const ended = await run(['send', path, ...settings, '--watch', '--json'], { env });
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.stdout)).toMatchObject({ accepted: 1, run: { outcome: 'nobody' } });
});

describe('sending again what is complete', () => {
  it('ends with 0 if it reached somebody', async () => {
    const path = await file(`${header}6281211110004,Ani\n`);
    await json(['send', path, ...settings, '--watch'], { env });
    const again = await run(['send', path, ...settings, '--json'], { env });
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(again.stdout)).toMatchObject({ already: true });
  });

  it('ends with 1 if all of it was refused, and says what to do', async () => {
    const path = await file(`${header}6281211110005,Ani\n`);
    sandbox.setFaults([{ on: 'send', kind: 'http', status: 422 }]);
    const first = await run(['send', path, ...settings, '--watch', '--json'], { env });
    sandbox.setFaults([]);
    const { runId } = JSON.parse(first.stdout) as Sent;
    const { stderr } = await sendsNobody(path);
    expect(stderr).toBe(
      `Run ${runId} has the same recipients already, and reached none of them: it ended refused. See siaran run ${runId}\n`,
    );
  });
});
