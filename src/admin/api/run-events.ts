import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { requireRun } from '../../pipeline/require-run.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import { watchRun } from '../../pipeline/views/watch-run.js';

import { batchGrid, gridLetters } from '../../store/views/batch-views.js';
import { withMaskedText } from '../access/mask-for-viewers.js';

import type { AdminApp } from '../app.js';
import { eventsAnswer } from '../document/bodies.js';
import { type Problem, problem, sendProblem } from '../problem.js';

/** Proxies close what is silent for longer. */
const keepAliveMs = 15_000;

/** How long a client has for what it was told last. */
const lastWordsMs = 5_000;

/** Of one person: as many pages as anybody looks at. */
const mostStreams = 10;

/** A grid of more could not be read anyway. */
export const mostCells = 50_000;

const runParams = z.object({ runId: z.string().max(40) });

/** The changes of a run, as they happen, for pages and programs that watch it. */
export function addRunEventRoutes(app: AdminApp, ctx: Context): void {
  const watchers = new Map<string, Watcher>();
  const streams = new Map<string, number>();
  const tags = ['runs'];
  const watcherOf = (runId: string): Watcher => {
    const known = watchers.get(runId);
    if (known) return known;
    const watcher = new Watcher(ctx, runId, () => {
      if (watchers.get(runId) === watcher) watchers.delete(runId);
    });
    watchers.set(runId, watcher);
    return watcher;
  };

  app.get(
    '/runs/:runId/events',
    {
      exposeHeadRoute: false,
      schema: {
        tags,
        operationId: 'watchRun',
        summary: 'The run each time that it changes, as server-sent events',
        description: 'Events are named `run`, with a run as their data; `end` says that it is finished and closes.',
        params: runParams,
        response: eventsAnswer('The run each time that it changes'),
      },
    },
    async (request, reply) => {
      const { runId } = request.params;
      await requireRun(ctx, runId);
      const { name } = request.actor;
      const count = (change: number) => {
        const now = (streams.get(name) ?? 0) + change;
        if (now > 0) streams.set(name, now);
        else streams.delete(name);
        return now;
      };
      if ((streams.get(name) ?? 0) >= mostStreams) return sendProblem(reply, tooManyStreams(name));
      streamTo(request, reply, () => watcherOf(runId), count);
    },
  );

  app.get(
    '/runs/:runId/grid',
    {
      schema: {
        tags,
        operationId: 'getRunGrid',
        summary: 'The state of each batch, a letter each in the order of their numbers',
        params: runParams,
        response: { 200: z.object({ letters: z.record(z.string(), z.string()), states: z.string() }) },
      },
    },
    async ({ params: { runId } }) => {
      await requireRun(ctx, runId);
      return { letters: gridLetters, states: await batchGrid(ctx.db, runId, mostCells) };
    },
  );

  // A stream has no end of its own: without this, closing would wait for it.
  app.addHook('preClose', async () => {
    for (const watcher of watchers.values()) watcher.stop();
  });
}

function tooManyStreams(name: string): Problem {
  const detail = `${name} watches ${mostStreams} runs already. Close one of the pages, or end a program that watches.`;
  return problem(429, 'TOO_MANY_STREAMS', detail);
}

type Client = { write(text: string): void; end(): void };

/** Follows one run for all clients that watch it here, as long as there is one. */
class Watcher {
  readonly #clients = new Set<Client>();
  readonly #stopping = new AbortController();
  readonly #onEnd: () => void;
  #latest: RunView | undefined;

  constructor(ctx: Context, runId: string, onEnd: () => void) {
    this.#onEnd = onEnd;
    void this.#watch(ctx, runId).finally(() => this.stop());
  }

  add(client: Client): void {
    this.#clients.add(client);
    if (this.#latest) client.write(eventOf(this.#latest));
  }

  remove(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.stop();
  }

  /** A client that connects later starts another watcher. */
  stop(): void {
    this.#onEnd();
    this.#stopping.abort();
    for (const client of this.#clients) client.end();
  }

  async #watch(ctx: Context, runId: string): Promise<void> {
    try {
      for await (const view of watchRun(ctx, runId, this.#stopping.signal)) {
        this.#latest = view;
        this.#tell(eventOf(view));
        if (view.status === 'finished') this.#tell('event: end\ndata: {}\n\n');
      }
    } catch (err) {
      // A client that still watches connects again, and then gets the error.
      ctx.logger.warn({ err, runId }, 'a run is no longer watched');
    }
  }

  #tell(text: string): void {
    for (const client of this.#clients) client.write(text);
  }
}

/** The same for all who watch, viewers among them: without values. */
function eventOf(view: RunView): string {
  return `event: run\ndata: ${JSON.stringify(withMaskedText(view, false))}\n\n`;
}

/** @param count hears of one more, and of one less once it is over */
function streamTo(
  request: FastifyRequest,
  reply: FastifyReply,
  watcherOf: () => Watcher,
  count: (change: 1 | -1) => void,
): void {
  const { socket } = request.raw;
  reply.hijack();
  const { raw } = reply;
  // Nobody will tell of a client that left while the run was looked up.
  if (socket.destroyed) return;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // nginx would keep events back until it has a bufferful.
    'X-Accel-Buffering': 'no',
  });
  const client: Client = {
    write(text) {
      if (raw.writableEnded || raw.destroyed) return;
      // One that doesn't read gets no more: it connects again, and begins with how things stand then.
      if (raw.writableLength > 1_000_000) raw.destroy();
      else raw.write(text);
    },
    end() {
      leave();
      raw.end();
      // What it doesn't read by then is not worth a connection.
      setTimeout(() => raw.destroy(), lastWordsMs).unref();
    },
  };
  const stay = async () => {
    // While Postgres is away nobody knows: nothing new is told then anyway.
    if (await request.isStillIn().catch(() => true)) client.write(': still here\n\n');
    else client.end();
  };
  const keepAlive = setInterval(() => void stay(), keepAliveMs).unref();
  const watcher = watcherOf();
  count(1);
  let isOver = false;
  const leave = () => {
    if (isOver) return;
    isOver = true;
    count(-1);
    clearInterval(keepAlive);
    socket.off('close', leave);
    watcher.remove(client);
  };
  // The socket tells of itself also while it still waits for the answer to an earlier request.
  socket.once('close', leave);
  raw.once('close', leave);
  raw.on('error', leave);
  client.write(': hello\n\n');
  watcher.add(client);
}
