import { createScript } from './script.ts'

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/**
 * KEYS: nodes. ARGV: node, how long after its last sign a node is taken for dead.
 * Gives whether this one was taken for alive, and those that are dead.
 */
export const beatScript = createScript(
  NOW,
  `
local last = redis.call('ZSCORE', KEYS[1], ARGV[1])
local oldest = now - tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], now, ARGV[1])
local isAlive = last and tonumber(last) >= oldest
return { isAlive and 1 or 0, redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. oldest) }
`,
)

/** KEYS: nodes. ARGV: how long after its last sign a node is taken for dead. Gives how many are alive. */
export const countScript = createScript(
  NOW,
  `return redis.call('ZCOUNT', KEYS[1], now - tonumber(ARGV[1]), '+inf')`,
)

/** KEYS: nodes. ARGV: node. */
export const forgetScript = createScript(`redis.call('ZREM', KEYS[1], ARGV[1])`)

/** KEYS: the channels in which a node has members. */
export const listRoomsScript = createScript(`return redis.call('SMEMBERS', KEYS[1])`)
export const addRoomScript = createScript(`redis.call('SADD', KEYS[1], ARGV[1])`)
export const removeRoomScript = createScript(`redis.call('SREM', KEYS[1], ARGV[1])`)

/** Hands a message to all that listen to a name. */
export const tellScript = createScript(`return redis.call('PUBLISH', ARGV[1], ARGV[2])`)
