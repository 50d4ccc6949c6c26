import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Dialect, Unit } from './wire.js';

/**
 * Where an exchange is held. `connect`: the connection stands, nothing was read. `before`: the request came whole and wasn't
 * forwarded. `half`: half of it was. `sent`: it was forwarded, and the peer works on it. `after`: the reply is here.
 */
export type Moment = 'connect' | 'before' | 'half' | 'sent' | 'after';

export type Rule = {
  moment: Moment;
  /** What the request says; for a COMMIT, `COMMIT of` and the transaction's statements. */
  text: RegExp;
  /** Which of the matching ones, from 1. A rule strikes once. */
  nth?: number;
  when?: () => Promise<boolean>;
  /** What happens while the exchange is held; then it goes on, or its connection is broken. */
  strike: () => Promise<'forward' | 'drop'>;
};

export type HoldingProxy = {
  port: number;
  /** Requests that were forwarded, or about to be, and whose reply their sender didn't get. */
  unanswered: string[];
  close(): void;
};

type Exchange = { text: string; rule: Rule | undefined; kept: Buffer[] };

/** Stands before a server and can hold any exchange at any moment. */
export async function startProxy(target: number, dialect: Dialect, rules: readonly Rule[]): Promise<HoldingProxy> {
  const sockets = new Set<Socket>();
  const unanswered: string[] = [];
  const armed = rules.map((rule) => ({ rule, seen: 0 }));
  const find = async (moment: Moment, text: string) => {
    for (const entry of armed) {
      if (entry.rule.moment !== moment || !entry.rule.text.test(text)) continue;
      if (entry.rule.when && !(await entry.rule.when())) continue;
      entry.seen += 1;
      if (entry.seen === (entry.rule.nth ?? 1)) return entry.rule;
    }
    return undefined;
  };

  const server = createServer({ noDelay: true }, (client) => {
    const peer = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const pending: Exchange[] = [];
    const { requests, replies } = dialect();
    for (const socket of [client, peer]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        unanswered.push(...pending.splice(0).map(({ text }) => text));
      });
    }
    const breakOff = () => {
      client.destroy();
      peer.destroy();
    };
    const held = async (rule: Rule | undefined) => {
      if (rule && (await rule.strike()) === 'drop') breakOff();
      return !client.destroyed;
    };

    const ask = async ({ bytes, text, ends }: Unit) => {
      if (!(await held(await find('before', text)))) return;
      const half = await find('half', text);
      const rule = await find('after', text);
      if (ends) pending.push({ text, rule, kept: [] });
      if (half) {
        peer.write(bytes.subarray(0, bytes.length >> 1));
        if (!(await held(half))) return;
        peer.write(bytes.subarray(bytes.length >> 1));
      } else peer.write(bytes);
      await held(await find('sent', text));
    };
    const answer = async ({ bytes, ends }: Unit) => {
      const exchange = pending[0];
      if (!exchange?.rule) {
        client.write(bytes);
        if (ends) pending.shift();
        return;
      }
      exchange.kept.push(bytes);
      if (!ends || !(await held(exchange.rule))) return;
      for (const kept of exchange.kept) client.write(kept);
      pending.shift();
    };

    void (async () => {
      if (!(await held(await find('connect', 'connect')))) return;
      await Promise.all([pump(client, peer, requests.push, ask), pump(peer, client, replies.push, answer)]);
    })().catch(breakOff);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    unanswered,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function pump(
  from: Socket,
  to: Socket,
  split: (bytes: Buffer) => Unit[],
  handle: (unit: Unit) => Promise<void>,
): Promise<void> {
  try {
    for await (const bytes of from) for (const unit of split(bytes as Buffer)) await handle(unit);
  } catch {
    // Broken off, by either side: the other one learns it below.
  }
  to.end();
}
