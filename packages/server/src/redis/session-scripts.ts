import { createScript } from './script.ts'

/** KEYS: session. ARGV: node, client, user, ms. The node has it from now on. */
export const holdSessionScript = createScript(`
redis.call('HSET', KEYS[1], 'node', ARGV[1], 'client', ARGV[2], 'user', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
`)

/** KEYS: session. Gives client and user. */
export const findSessionScript = createScript(`return redis.call('HMGET', KEYS[1], 'client', 'user')`)

/** KEYS: session. ARGV: node, ms. Without `ms` it is over; neither when another node has it by now. */
export const releaseSessionScript = createScript(`
if redis.call('HGET', KEYS[1], 'node') ~= ARGV[1] then return end
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
`)
