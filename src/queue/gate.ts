import type { Command } from 'ioredis';
import type { RedisClient } from './redis/connection.js';

/** What is said of a connection or a whole server; none of it touches what a prefix holds. */
const withoutKeys: ReadonlySet<string> = new Set(
  'auth,client,cluster,command,config,hello,info,ping,quit,readonly,readwrite,asking,script,select,time'.split(','),
);

/** Who knows whether a command may go out. */
type Gatekeeper = {
  readonly isOurs: boolean;
  assertOurs(): Promise<void>;
  doubt(): void;
};

type Waiting = { command: Command; send: () => unknown };

/**
 * Lets no command that touches a key through before it is known that the prefix is this database's, and asks again after the
 * connection was lost. So nobody has to think of it, and no row costs a question.
 * @param free scripts that find it out.
 */
export function guardCommands<Client extends RedisClient>(
  redis: Client,
  keeper: Gatekeeper,
  free: ReadonlySet<string>,
): Client {
  const waiting: Waiting[] = [];
  const isFree = ({ name, args }: Command) =>
    withoutKeys.has(name.toLowerCase()) || (name === 'eval' && free.has(String(args[0])));
  const open = async () => {
    let refusal: Error | undefined;
    try {
      await keeper.assertOurs();
    } catch (error) {
      refusal = error as Error;
    }
    // All in one go: the commands of a pipeline have to follow each other.
    for (const { command, send } of waiting.splice(0)) {
      if (refusal) command.reject(refusal);
      else send();
    }
  };
  const pass = redis.sendCommand;
  let begun: unknown;
  redis.sendCommand = (command: Command, ...rest: unknown[]) => {
    const send = () => pass.call(redis, command, ...(rest as []));
    const [pipeline] = rest;
    // A pipeline's commands are counted on one by one, and its bytes go out with the last: what has begun goes through whole, or
    // every answer after it would be taken for another command's.
    if (pipeline !== undefined && pipeline === begun && (command as { pipelineIndex?: number }).pipelineIndex !== 0)
      return send();
    begun = undefined;
    if (isFree(command) || (keeper.isOurs && waiting.length === 0)) {
      begun = pipeline;
      return send();
    }
    if (waiting.push({ command, send }) === 1) void open();
    return command.promise;
  };
  const duplicate = redis.duplicate as (...given: unknown[]) => RedisClient;
  redis.duplicate = ((...given: unknown[]) =>
    guardCommands(duplicate.apply(redis, given), keeper, free)) as Client['duplicate'];
  for (const event of ['close', '+node', '-node', 'node error']) redis.on(event, () => keeper.doubt());
  return redis;
}
