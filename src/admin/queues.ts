import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance } from 'fastify';
import type { Actor } from '../config/admin-token.js';
import type { Context } from '../context.js';
import { packageFile } from '../package-file.js';
import { isChange } from './access/guard.js';
import { stopButton } from './html/desk.js';
import { html } from './html/html.js';
import { problem, sendProblem } from './problem.js';

const prefix = '/queues';
const policyHeader = 'content-security-policy';

/**
 * Bull Board, to look at the queues. Jobs are hints and hold ids only; nobody has to change anything here, and nobody can: whatever is
 * more than a look is refused before it reaches the board.
 */
export async function addQueuesPage(app: FastifyInstance, ctx: Context): Promise<void> {
  const board = new FastifyAdapter();
  board.setBasePath(prefix);
  const queues = await ctx.hints.openQueues();
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: board,
    // Details of Redis come with a picture that is styled inline, which our policy refuses; workers by CLIENT LIST, which hosts refuse.
    options: {
      uiBasePath: packageFile('dist', 'bull-board'),
      uiConfig: {
        ...{ boardTitle: 'Siaran', hideDocsLink: true, showWorkers: false, hideRedisDetails: true },
        miscLinks: [
          { text: 'What needs you', url: '/status' },
          { text: 'Runs', url: '/runs' },
        ],
      },
    },
  });
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        if (isChange(request))
          return sendProblem(reply, problem(405, 'READ_ONLY', 'Here the queues are only looked at.'));
      });
      scope.addHook('onSend', async (request, reply, payload) => {
        const isPage = String(reply.getHeader('content-type')).startsWith('text/html');
        if (!isPage || typeof payload !== 'string') return payload;
        const policy = String(reply.getHeader(policyHeader));
        // The page finds its parts from a base that it names itself.
        void reply.header(policyHeader, policy.replace("base-uri 'none'", "base-uri 'self'"));
        return withStop(withoutInline(payload), request.actor);
      });
      await scope.register(board.registerPlugin());
    },
    { prefix },
  );
}

/** The red button of every page, which the board's own frame has no place for. */
function withStop(page: string, actor: Actor | undefined): string {
  if (actor === undefined) return page;
  const styled = page.replace('</head>', '<link rel="stylesheet" href="/assets/board.css"></head>');
  return styled.replace(
    /<body[^>]*>/,
    (body) => `${body}${html`<div class="siaran-stop">${stopButton(actor, undefined)}</div>`.toString()}`,
  );
}

/** The board's page names fonts at Google, and styles what is seen while it loads; our policy allows neither. */
function withoutInline(page: string): string {
  return page
    .replaceAll(/<link [^>]*fonts\.googleapis\.com[^>]*>/g, '')
    .replaceAll(/<style>.*?<\/style>/gs, '')
    .replaceAll(/ style="[^"]*"/g, '');
}
