import { Hints } from '../../../src/queue/queues.js';
import { invoices } from '../../support/rig.js';
import { commitOf, script, statement } from '../names.js';
import { type Play, produce } from '../play.js';
import type { PeerRule } from '../setting/hands.js';
import { until, untilFinished, waits } from '../verdict.js';

const push = script('a block is pushed');
const chunkCommit = commitOf('an intake is absorbed');
const peek = script('blocks are peeked at');
const absorbed = statement('how far intakes are absorbed');

/** The connection breaks between a push and its reply: whoever pushes again must not push twice. */
export const pushReplyLost: Play = {
  name: 'the reply to a push is lost, and the push is made again',
  recipients: 4_300,
  async act(setting) {
    await produce(setting, 4_300, () => [
      { peer: 'redis', moment: 'after', text: push, nth: 2, strike: async () => 'drop' },
    ]);
    // Only now: a worker that had taken the block already would know its double by its number.
    await setting.hire('worker');
    const view = await untilFinished(setting);
    if (view.recipients.enqueued !== 4_300) throw new Error(`${view.recipients.enqueued} rows were enqueued of 4300`);
  },
};

/** Everything of this installation in Redis is gone between two blocks: the producer is told, and begins again. */
export const bufferWiped: Play = {
  name: 'the buffer is wiped while a producer writes',
  recipients: 5_300,
  async act(setting) {
    const strike = async () => {
      await setting.redis.del(...(await setting.redis.keys(`*${setting.name}*`)));
      return 'forward' as const;
    };
    await produce(setting, 5_300, (time) =>
      time === 0 ? [{ peer: 'redis', moment: 'after', text: push, nth: 3, strike }] : [],
    );
    await setting.hire('worker');
    await untilFinished(setting);
  },
};

/** Two workers take a turn of the same run: the second one begins when the first one is about to commit. */
export const twoChunkers: Play = {
  name: 'two workers chunk one run at the same time',
  recipients: 600,
  async act(setting) {
    let [firstIsAtCommit, secondIsIn, secondIsHeld] = [false, false, false];
    const commit: PeerRule = {
      peer: 'postgres',
      moment: 'before',
      text: chunkCommit,
      strike: async () => {
        firstIsAtCommit = true;
        const othersTurn = async () =>
          secondIsIn && (secondIsHeld || (await waits(setting, 'the content of a run is locked')));
        await until('the second one waits', othersTurn, Boolean);
        return 'forward';
      },
    };
    const [when, moment] = [async () => firstIsAtCommit, 'before' as const];
    // Whoever comes second sees both blocks, and looks at how far the ledger is when the first one has committed.
    const peekLate = async () => {
      await until('the second block is in', async () => secondIsIn, Boolean);
      return 'forward' as const;
    };
    const lookLate = async () => {
      secondIsHeld = true;
      const first = () => setting.query('SELECT 1 FROM intakes WHERE absorbed_to > 0');
      await until('the first one has committed', first, (rows) => rows.length > 0);
      return 'forward' as const;
    };
    const second: PeerRule[] = [
      { peer: 'redis', moment, when, text: peek, strike: peekLate },
      { peer: 'postgres', moment, when, text: absorbed, strike: lookLate },
    ];
    await setting.hire('worker', [commit, ...second]);
    const { id } = await setting.siaran.startRun(setting.request);
    // Its intake is opened before the first turn, which keeps the run's row locked; its rows come during that turn.
    const late = async function* () {
      await until('the first one is about to commit', async () => firstIsAtCommit, Boolean);
      yield* invoices(300, 300);
    };
    const enqueueing = setting.siaran.enqueue(id, late(), { source: 'second' });
    await until(
      'the second intake is open',
      () => setting.query('SELECT 1 FROM intakes'),
      (rows) => rows.length > 0,
    );
    await setting.siaran.enqueue(id, invoices(300), { source: 'first' });
    await enqueueing;
    secondIsIn = true;
    await setting.hire('worker', second);
    // The first worker's own hint is taken: nobody else would look at this run for some seconds.
    const hints = new Hints(setting.redis, setting.name, () => {});
    await hints.chunk(id, 'second');
    await hints.close();
    await setting.siaran.seal(id);
    await untilFinished(setting);
  },
};
