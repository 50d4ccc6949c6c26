import { expect, test } from '@jest/globals';
import pg from 'pg';
import { isStatementRefused } from '../../../src/store/postgres/database.js';

test('only an answer to the statement says that nothing of it was done, and none that ends the session with it', () => {
  const answer = (severity: string, code: string) =>
    Object.assign(new pg.DatabaseError('told', 4, 'error'), { severity, code });
  expect(isStatementRefused(answer('ERROR', '23505'))).toBe(true);
  // In the server's language.
  expect(isStatementRefused(answer('FEHLER', '23505'))).toBe(true);
  expect(isStatementRefused(answer('ERROR', '57014'))).toBe(false);
  // As a pooler says it that has lost its server, maybe after a commit went there.
  expect(isStatementRefused(answer('FATAL', 'XX000'))).toBe(false);
  expect(isStatementRefused(answer('PANIC', 'XX000'))).toBe(false);
  expect(isStatementRefused(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBe(false);
});
