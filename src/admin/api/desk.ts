import type { Context } from '../../context.js';
import { viewStatus } from '../../pipeline/views/attention.js';
import type { AdminApp } from '../app.js';
import * as schemas from '../schemas/desk.js';

/** What is about everything at once. */
export function addDeskRoutes(app: AdminApp, ctx: Context): void {
  const tags = ['operations'];

  app.get(
    '/status',
    { schema: { tags, summary: 'What waits for a person, the most urgent first', response: { 200: schemas.status } } },
    () => viewStatus(ctx),
  );
}
