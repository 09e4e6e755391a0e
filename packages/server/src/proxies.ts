import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { invalid } from './errors.ts'

/** The address of whoever has sent a request. */
export type AddressOf = (request: IncomingMessage) => string

interface ProxyNeeds {
  /** How many proxies have each added whom they heard. */
  readonly proxyHops: number
  /** Which peers are proxies; anybody else is believed nothing. */
  readonly proxies: readonly string[] | 'private' | 'any'
}

const PRIVATE = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
]
const PRIVATE_6 = ['::1', 'fc00::/7', 'fe80::/10']

/** @throws ServerError `option.invalid` for what is neither an address nor a network */
export function createAddressOf({ proxyHops, proxies }: ProxyNeeds): AddressOf {
  const isProxy = createProxyCheck(proxies)
  return (request) => {
    const peer = toPlain(request.socket.remoteAddress ?? '')
    if (proxyHops === 0 || !isProxy(peer)) return peer
    const heard = `${request.headers['x-forwarded-for'] ?? ''}`.split(',').map(toAddress)
    return heard.at(-proxyHops) || peer
  }
}

function createProxyCheck(proxies: ProxyNeeds['proxies']): (address: string) => boolean {
  if (proxies === 'any') return () => true
  const list = new BlockList()
  for (const proxy of proxies === 'private' ? [...PRIVATE, ...PRIVATE_6] : proxies) add(list, proxy)
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

function add(list: BlockList, proxy: string): void {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(proxy) ?? []
  const family = isIP(address)
  const most = family === 6 ? 128 : 32
  if (!family || Number(bits ?? most) > most)
    throw invalid('proxies', "addresses or networks like '10.0.0.0/8', or 'private', or 'any'", proxy)
  list.addSubnet(address, Number(bits ?? most), family === 6 ? 'ipv6' : 'ipv4')
}

/** Some proxies add the port; what is no address is not taken for one. */
function toAddress(text: string): string {
  const [, bracketed, plain] = /^\s*(?:\[([^\]]+)\](?::\d+)?|([^\s:]+)(?::\d+)?)\s*$/.exec(text) ?? []
  const address = bracketed ?? plain ?? text.trim()
  return isIP(address) ? toPlain(address) : ''
}

/** An address of IPv4 is the same one when it comes over a socket of IPv6. */
const toPlain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')
