/** KEYS intakes; ARGV ttl, intake, its last block, and those that it supersedes. Registering twice changes nothing. */
export const registerScript = `
-- an intake is registered
redis.call('HSETNX', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[1])
for i = 4, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
return 1`;

/** KEYS heads, blocks, intakes; ARGV intake, number, head, lines, high-water mark, ttl. Returns {result, blocks in the buffer}. */
export const pushScript = `
-- a block is pushed
local last = redis.call('HGET', KEYS[3], ARGV[1])
local number = tonumber(ARGV[2])
local length = redis.call('LLEN', KEYS[1])
if not last or number > tonumber(last) + 1 then return {'lost', length} end
if number <= tonumber(last) then return {'repeat', length} end
if length >= tonumber(ARGV[5]) then return {'full', length} end
redis.call('RPUSH', KEYS[1], ARGV[3])
redis.call('RPUSH', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[3], ARGV[1], number)
redis.call('EXPIRE', KEYS[3], ARGV[6])
return {'pushed', length + 1}`;

/**
 * KEYS heads, blocks; ARGV most rows, most bytes, most bytes of one block, most heads, most of a head.
 * Returns {blocks in the buffer, heads, blocks, their bytes}: at least one if there is any; of a block that is too large, ''.
 */
export const peekScript = `
-- blocks are peeked at
if redis.call('TYPE', KEYS[1]).ok ~= 'list' then return {0, {}, {}, {}} end
local heads = redis.call('LRANGE', KEYS[1], 0, tonumber(ARGV[4]) - 1)
local taken, blocks, sizes, rows, bytes = {}, {}, {}, 0, 0
for i, head in ipairs(heads) do
  local block = redis.call('LINDEX', KEYS[2], i - 1) or ''
  local size = #block
  if size > tonumber(ARGV[3]) then block = '' end
  rows = rows + (tonumber(string.match(string.sub(head, -9), '%d+$')) or 0)
  bytes = bytes + #block
  if i > 1 and (rows > tonumber(ARGV[1]) or bytes > tonumber(ARGV[2])) then break end
  taken[i], blocks[i], sizes[i] = string.sub(head, 1, tonumber(ARGV[5])), block, size
end
return {redis.call('LLEN', KEYS[1]), taken, blocks, sizes}`;

/** KEYS heads; ARGV most heads, most of a head. Returns the heads of the oldest blocks; none of a key that is no list. */
export const headsScript = `
if redis.call('TYPE', KEYS[1]).ok ~= 'list' then return {} end
local heads = redis.call('LRANGE', KEYS[1], 0, tonumber(ARGV[1]) - 1)
for i, head in ipairs(heads) do heads[i] = string.sub(head, 1, tonumber(ARGV[2])) end
return heads`;

/**
 * KEYS heads, blocks, heads set aside, blocks set aside; ARGV ttl, most of a head, and of each block its place (0: the oldest) and its
 * head as it was read. Moves those that still stand there to the lists that are set aside, each with what stands in its place among
 * the blocks. Rows that no head belongs to follow the last head. Returns how many were moved.
 */
export const setAsideScript = `
local gone, moved = '(set aside)', 0
for i = 3, #ARGV, 2 do
  local at = tonumber(ARGV[i])
  local head = redis.call('LINDEX', KEYS[1], at)
  if head and string.sub(head, 1, tonumber(ARGV[2])) == ARGV[i + 1] then
    redis.call('RPUSH', KEYS[3], head)
    redis.call('RPUSH', KEYS[4], redis.call('LINDEX', KEYS[2], at) or '')
    redis.call('LSET', KEYS[1], at, gone)
    if at < redis.call('LLEN', KEYS[2]) then redis.call('LSET', KEYS[2], at, gone) end
    moved = moved + 1
  end
end
redis.call('LREM', KEYS[1], 0, gone)
redis.call('LREM', KEYS[2], 0, gone)
if redis.call('LLEN', KEYS[1]) == 0 then
  while redis.call('LLEN', KEYS[2]) > 0 do
    redis.call('RPUSH', KEYS[3], '(no head)')
    redis.call('RPUSH', KEYS[4], redis.call('LPOP', KEYS[2]))
  end
end
redis.call('EXPIRE', KEYS[3], ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[1])
return moved`;

/** KEYS heads, blocks; ARGV the heads that were read. Removes them from the front as far as they still stand there. Returns blocks left. */
export const trimScript = `
-- blocks are trimmed
for _, head in ipairs(ARGV) do
  if redis.call('LINDEX', KEYS[1], 0) ~= head then break end
  redis.call('LPOP', KEYS[1])
  redis.call('LPOP', KEYS[2])
end
return redis.call('LLEN', KEYS[1])`;

/** KEYS a list, another one. Moves all of the first to the end of the second. */
export const appendScript = `
while redis.call('LLEN', KEYS[1]) > 0 do redis.call('RPUSH', KEYS[2], redis.call('LPOP', KEYS[1])) end
return 1`;

/** KEYS a list of blocks; ARGV numbers. Empties each block in which one of them stands; it keeps its place. Returns how many. */
export const forgetScript = `
local emptied = 0
for at = 0, redis.call('LLEN', KEYS[1]) - 1 do
  local block = redis.call('LINDEX', KEYS[1], at)
  for _, number in ipairs(ARGV) do
    if string.find(block, number, 1, true) then
      redis.call('LSET', KEYS[1], at, '(forgotten)')
      emptied = emptied + 1
      break
    end
  end
end
return emptied`;

/** KEYS a list of blocks; ARGV numbers. Returns whether one of them stands in any block: 1 or 0; 0 of a key that is no list. */
export const holdsScript = `
if redis.call('TYPE', KEYS[1]).ok ~= 'list' then return 0 end
for at = 0, redis.call('LLEN', KEYS[1]) - 1 do
  local block = redis.call('LINDEX', KEYS[1], at)
  for _, number in ipairs(ARGV) do
    if string.find(block, number, 1, true) then return 1 end
  end
end
return 0`;
