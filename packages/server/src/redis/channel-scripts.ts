import { createScript } from './script.ts'

/**
 * KEYS: at, log, ids, ages, last, values. ARGV begin with run, fresh, keepMs, ageMs. Without a run it is that of this Redis.
 * `at` has the epoch and the position; a channel that another run of Redis has counted begins anew, because what
 * came last may be lost there. `log` is a stream whose ids are the offsets, without holes. `ids` are those that
 * were taken, with their places, and `ages` when that was. `last` is the last message that asks for it,
 * and `values` the newest of each key, with its place; they stay whatever happens to the rest.
 */
const POSITION = `
local at, log, ids, ages = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local run, fresh, keepMs, ageMs = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if run == '' then run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local OVERHEAD = 200

local function evict()
  redis.call('DEL', log)
  redis.call('HSET', at, 'bytes', 0)
end

local function begin()
  evict()
  redis.call('HSET', at, 'epoch', fresh, 'off', 0, 'run', run)
  return fresh, 0
end

local function position()
  local kept = redis.call('HMGET', at, 'epoch', 'off', 'run')
  if kept[1] and kept[2] and kept[3] == run then return kept[1], tonumber(kept[2]) end
  return begin()
end

local function sizeOf(entry) return OVERHEAD + #entry[2][2] end

local function trim(mostCount, mostBytes)
  local count = redis.call('XLEN', log)
  local bytes = tonumber(redis.call('HGET', at, 'bytes') or '0')
  while count > 0 do
    local oldest = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
    local isOld = tonumber(oldest[2][4]) < now - ageMs
    if not isOld and count <= mostCount and bytes <= mostBytes then break end
    count = count - 1
    bytes = bytes - sizeOf(oldest)
    redis.call('XTRIM', log, 'MAXLEN', count)
  end
  if count == 0 then bytes = 0 end
  redis.call('HSET', at, 'bytes', bytes)
end
`

/**
 * ARGV: ..., body, id, isKept, most messages, most bytes, most ids, age of ids, name, lastMs, key, isRemoval,
 * place that it takes. Gives epoch, off, isRepeat.
 */
export const appendScript = createScript(
  POSITION,
  `
local body, id, isKept = ARGV[5], ARGV[6], ARGV[7] == '1'
local mostIds, idAgeMs = tonumber(ARGV[10]), tonumber(ARGV[11])
local epoch, off = position()

if id ~= '' then
  local taken = redis.call('HGET', ids, id)
  if taken and tonumber(redis.call('ZSCORE', ages, id) or '0') >= now - idAgeMs then
    local place = string.find(taken, ' ', 1, true)
    return { string.sub(taken, place + 1), tonumber(string.sub(taken, 1, place - 1)), 1 }
  end
end

local key, instead = ARGV[14], ARGV[16]
if instead ~= '' then
  local newest = redis.call('HGET', KEYS[6], key)
  local place = newest and string.sub(newest, 1, string.find(newest, '\\n', 1, true) - 1) or 'nothing'
  if place ~= instead then return { epoch, off, 1 } end
end

off = off + 1
redis.call('HSET', at, 'off', off)
-- What is not kept leaves a hole, so what came before cannot be told any more.
if not isKept then evict()
else
  redis.call('XADD', log, off .. '-0', 'body', body, 'at', now)
  redis.call('HINCRBY', at, 'bytes', OVERHEAD + #body)
  trim(tonumber(ARGV[8]), tonumber(ARGV[9]))
  redis.call('PEXPIRE', log, ageMs)
end
redis.call('PEXPIRE', at, keepMs)

if id ~= '' then
  redis.call('HSET', ids, id, off .. ' ' .. epoch)
  redis.call('ZADD', ages, time[1] * 1000 + time[2] / 1000, id)
  local function forget(old)
    if #old > 0 then
      redis.call('HDEL', ids, unpack(old))
      redis.call('ZREM', ages, unpack(old))
    end
  end
  forget(redis.call('ZRANGEBYSCORE', ages, '-inf', '(' .. (now - idAgeMs), 'LIMIT', 0, 100))
  local over = redis.call('ZCARD', ages) - mostIds
  if over > 0 then forget(redis.call('ZRANGE', ages, 0, math.min(100, over) - 1)) end
  redis.call('PEXPIRE', ids, idAgeMs + 1000)
  redis.call('PEXPIRE', ages, idAgeMs + 1000)
end

if ARGV[13] ~= '0' then redis.call('SET', KEYS[5], body, 'PX', ARGV[13]) end
if key ~= '' then
  if ARGV[15] == '1' then redis.call('HDEL', KEYS[6], key)
  else redis.call('HSET', KEYS[6], key, epoch .. ' ' .. off .. '\\n' .. body) end
end
redis.call('PUBLISH', ARGV[12], 'm ' .. epoch .. ' ' .. off .. '\\n' .. body)
return { epoch, off, 0 }
`,
)

/** ARGV: ..., epoch and offset after which to read; an empty epoch reads none. Gives epoch, off, isKnown, bodies. */
export const readScript = createScript(
  POSITION,
  `
local epoch, off = position()
redis.call('PEXPIRE', at, keepMs)
if ARGV[5] ~= epoch then return { epoch, off, 0, {} } end
trim(math.huge, math.huge)
local count = off - tonumber(ARGV[6])
if count < 0 or count > redis.call('XLEN', log) then return { epoch, off, 0, {} } end
local bodies = {}
if count > 0 then
  for index, entry in ipairs(redis.call('XRANGE', log, (off - count + 1) .. '-0', '+')) do bodies[index] = entry[2][2] end
end
return { epoch, off, 1, bodies }
`,
)

/** KEYS: at. Gives epoch and position, as they are. */
export const positionScript = createScript(`return redis.call('HMGET', KEYS[1], 'epoch', 'off')`)

export const evictScript = createScript(POSITION, `position() evict()`)

/** ARGV: ..., name. */
export const restartScript = createScript(
  POSITION,
  `
redis.call('DEL', ids, ages)
begin()
redis.call('PEXPIRE', at, keepMs)
redis.call('PUBLISH', ARGV[5], 'v ' .. fresh .. ' 0\\n')
`,
)

/** KEYS: last. */
export const lastScript = createScript(`return redis.call('GET', KEYS[1])`)

/** KEYS: values. ARGV: cursor. Gives the next one, and keys with values in turn. */
export const valuesScript = createScript(`return redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', 100)`)

/** KEYS: values. ARGV: key. */
export const valueScript = createScript(`return redis.call('HGET', KEYS[1], ARGV[1])`)

/** KEYS: at. ARGV: keepMs. A channel that is watched is not forgotten. */
export const keepScript = createScript(`redis.call('PEXPIRE', KEYS[1], ARGV[1])`)
