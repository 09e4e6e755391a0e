import { createScript } from './script.ts'

/**
 * KEYS: who, counts, room, holds of one node. `who` has the members, each as its version and its JSON, `counts` how
 * many hold each, over all nodes. Every change has a version, which grows, whatever was lost before.
 */
const ROOM = `
local who, counts, room, holds = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local function version()
  local time = redis.call('TIME')
  local made = math.max(time[1] * 1000000 + time[2], tonumber(redis.call('HGET', room, 'version') or '0') + 1)
  local text = string.format('%.0f', made)
  redis.call('HSET', room, 'version', text)
  return text
end

local function current() return redis.call('HGET', room, 'version') or '0' end

-- Gives the version of the change when nobody holds the member any more.
local function leave(field, name)
  if redis.call('HDEL', holds, field) == 0 then return nil end
  local id = string.sub(field, string.find(field, '\\n', 1, true) + 1)
  if redis.call('HINCRBY', counts, id, -1) > 0 then return nil end
  local member = redis.call('HGET', who, id) or ''
  redis.call('HDEL', counts, id)
  redis.call('HDEL', who, id)
  redis.call('HINCRBY', room, 'bytes', string.find(member .. ' ', ' ', 1, true) - 1 - #member)
  local made = version()
  if redis.call('HLEN', who) == 0 then redis.call('DEL', room, counts) end
  redis.call('PUBLISH', name, 'l ' .. made .. '\\n' .. id)
  return made
end
`

/**
 * ARGV: field, id, member, bytes, most members, most bytes, name, told, whether members are asked for.
 * Gives 0 for no room, else 1, or 2 when new.
 */
export const enterScript = createScript(
  ROOM,
  `
local field, id, member, bytes = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local isNew = redis.call('HEXISTS', who, id) == 0
if isNew then
  if redis.call('HLEN', who) >= tonumber(ARGV[5]) then return { 0 } end
  if tonumber(redis.call('HGET', room, 'bytes') or '0') + bytes > tonumber(ARGV[6]) then return { 0 } end
  -- Holders of one that is not there can only be left over.
  redis.call('HDEL', counts, id)
  local made = version()
  redis.call('HSET', who, id, made .. ' ' .. member)
  redis.call('HINCRBY', room, 'bytes', bytes)
  redis.call('PUBLISH', ARGV[7], 'j ' .. made .. '\\n' .. ARGV[8])
end
if redis.call('HSET', holds, field, '') == 1 or isNew then redis.call('HINCRBY', counts, id, 1) end
return { isNew and 2 or 1, current(), ARGV[9] == '1' and redis.call('HVALS', who) or {} }
`,
)

/** ARGV: field, name. Gives the version of the change, none when others hold the member. */
export const leaveScript = createScript(ROOM, `return leave(ARGV[1], ARGV[2]) or ''`)

/** ARGV: name. Lets go of all that the node holds. */
export const reapScript = createScript(
  ROOM,
  `for _, field in ipairs(redis.call('HKEYS', holds)) do leave(field, ARGV[1]) end`,
)

export const membersScript = createScript(ROOM, `return { current(), redis.call('HVALS', who) }`)
