import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import ts from 'typescript'

/** @typedef {ts.InterfaceDeclaration | ts.TypeAliasDeclaration} Declaration */

const SOURCE = 'packages/core/src'
const ERRORS = 'ErrorDetails'
/**
 * Where options begin, by the folder that declares them, and what their names start with in the reference.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
const roots = {
  [SOURCE]: {
    ClientOptions: '',
    WebSocketOptions: '',
    ChannelOptions: '',
    ListenOptions: '',
    Rate: 'rate.',
    EventsOptions: '',
    GapOptions: '',
    PublishOptions: '',
  },
  'packages/pusher/src': {
    AddressOptions: '',
    ProtocolOptions: '',
    PusherOptions: '',
    ChannelAuth: 'auth.',
    UserAuth: 'userAuthentication.',
    AuthEndpoint: 'auth.',
  },
  'packages/mqtt/src': {
    MqttOptions: '',
    MqttAuth: 'auth.',
    MqttWill: 'will.',
    MqttChannelOptions: '',
    MqttPublishOptions: '',
    MqttCloseOptions: '',
    RequestOptions: '',
  },
  'packages/mqtt/src/bridge': { BridgeOptions: '' },
  'packages/raw-ws/src': { RawWsOptions: '', StrictOptions: '' },
  'packages/raw-ws/src/rakit': { RakitOptions: '' },
}
const SERVER = 'packages/server/src'
/** The same for the server, which has a reference of its own. */
const serverRoots = {
  [SERVER]: { ServerOptions: '' },
  [`${SERVER}/rakit`]: { RakitOptions: 'rakit.' },
  [`${SERVER}/pusher`]: {
    PusherOptions: 'pusher.',
    PusherLimits: 'pusher.',
    PusherApp: 'pusher.apps.',
    WebhookOptions: 'pusher.apps.webhooks.',
  },
  [`${SERVER}/mqtt`]: { MqttOptions: 'mqtt.' },
  [`${SERVER}/redis`]: { RedisOptions: 'redis.' },
  [`${SERVER}/publisher`]: { PublisherOptions: 'publisher.', ThrottleOptions: 'publisher.throttle.' },
  [`${SERVER}/log`]: { LogOptions: 'log.' },
  [`${SERVER}/control`]: { ControlOptions: 'control.' },
  [`${SERVER}/inspect`]: { InspectOptions: 'inspect.' },
  [`${SERVER}/ingest`]: { IngestOptions: 'ingest.' },
  [`${SERVER}/metrics`]: { MetricsOptions: 'metrics.' },
}
/** Groups of numbers that are options by themselves. */
const SERVED = ['rakit', 'pusher', 'mqtt', 'ingest', 'compression']
/** Types whose members are options too; others are values. */
const NESTED = /(Options|Policy|^Heartbeat)$/
const DAY = 86_400_000

/** @typedef {{ options: Set<string>, numbers: Map<string, { fallback: string, range: string }>, codes: string[] }} Api */

/**
 * What the reference has to name: every option, with default and range where it is a number, and every error code.
 * @param {string} root the folder that holds `packages`
 * @returns {Promise<Api>}
 */
export async function readApi(root) {
  const codes = readCodes(root, SOURCE, ERRORS)
  return { options: new Set(readOptions(root, roots)), numbers: await readNumbers(root), codes }
}

/**
 * The same of the server; undefined where there is none.
 * @param {string} root
 * @returns {Promise<Api | undefined>}
 */
export async function readServerApi(root) {
  if (!existsSync(join(root, SERVER))) return undefined
  const ranges = await readRanges(root, `${SERVER}/ranges.ts`)
  const numbers = new Map(
    Object.entries(ranges).flatMap(([group, all]) =>
      Object.entries(all).map(([name, range]) => [
        group === 'server' ? name : `${group}.${name}`,
        toNumber(range),
      ]),
    ),
  )
  // A group of numbers is named by what is in it.
  const options = readOptions(root, serverRoots).filter((name) => SERVED.includes(name) || !(name in ranges))
  return { options: new Set(options), numbers, codes: readCodes(root, SERVER, `Server${ERRORS}`) }
}

/** @param {string} root @param {Readonly<Record<string, Readonly<Record<string, string>>>>} folders */
function readOptions(root, folders) {
  return Object.entries(folders).flatMap(([folder, names]) => {
    if (folder !== SOURCE && !existsSync(join(root, folder))) return []
    const own = readDeclarations(join(root, folder))
    return Object.entries(names).flatMap(([name, prefix]) =>
      namesOf(bodyOf(find(own, name, folder)), prefix, own),
    )
  })
}

/** @param {string} root @param {string} folder @param {string} name */
function readCodes(root, folder, name) {
  const declaration = find(readDeclarations(join(root, folder)), name, folder)
  return membersOf(bodyOf(declaration)).map(([code]) => code)
}

/** @param {ReadonlyMap<string, Declaration>} declarations @param {string} name @param {string} folder */
function find(declarations, name, folder) {
  const declaration = declarations.get(name)
  if (!declaration) throw new Error(`${folder} declares no ${name}: scripts/docs-api.mjs looks for it`)
  return declaration
}

/** @param {string} folder */
function readDeclarations(folder) {
  /** @type {Map<string, Declaration>} */
  const found = new Map()
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.ts') || /\.test/.test(name)) continue
    const text = readFileSync(join(folder, name), 'utf8')
    ts.forEachChild(ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true), (node) => {
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
        const isExported = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
        if (isExported) found.set(node.name.text, node)
      }
    })
  }
  return found
}

/** @param {Declaration} declaration */
function bodyOf(declaration) {
  return ts.isInterfaceDeclaration(declaration) ? declaration : declaration.type
}

/**
 * @param {ts.Node} node @param {string} prefix @param {ReadonlyMap<string, Declaration>} declarations
 * @returns {string[]}
 */
function namesOf(node, prefix, declarations) {
  if (ts.isUnionTypeNode(node)) return node.types.flatMap((type) => namesOf(type, prefix, declarations))
  if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) {
    const declaration = declarations.get(node.typeName.text)
    const isNested = declaration !== undefined && NESTED.test(node.typeName.text)
    return isNested ? namesOf(bodyOf(declaration), prefix, declarations) : []
  }
  return membersOf(node).flatMap(([member, type]) => {
    const name = prefix + member
    const inner = namesOf(type, `${name}.`, declarations)
    // A group is named by what is in it; a choice may also be a word.
    return inner.length > 0 && !isChoice(type, declarations) ? inner : [name, ...inner]
  })
}

/**
 * @param {ts.Node} node
 * @returns {[name: string, type: ts.TypeNode][]}
 */
function membersOf(node) {
  if (!ts.isInterfaceDeclaration(node) && !ts.isTypeLiteralNode(node)) return []
  return node.members.flatMap((member) => {
    const isNamed = ts.isPropertySignature(member) && !ts.isComputedPropertyName(member.name)
    return isNamed && member.type ? [[member.name.text, member.type]] : []
  })
}

/** @param {ts.TypeNode} type @param {ReadonlyMap<string, Declaration>} declarations */
function isChoice(type, declarations) {
  if (!ts.isTypeReferenceNode(type)) return ts.isUnionTypeNode(type)
  const declaration = declarations.get(type.typeName.getText())
  return declaration !== undefined && ts.isTypeAliasDeclaration(declaration)
}

/**
 * Defaults and ranges as core itself has them.
 * @param {string} root
 */
async function readNumbers(root) {
  const ranges = await readRanges(root, `${SOURCE}/options.ts`)
  return new Map(
    Object.entries(ranges).flatMap(([group, numbers]) =>
      // Its default is that of the outbox.
      group === 'publish'
        ? []
        : Object.entries(numbers).map(([name, range]) => [
            isCall(group) ? name : `${group}.${name}`,
            toNumber(range),
          ]),
    ),
  )
}

/** @typedef {readonly [fallback: number, least?: number, most?: number]} Range */

/**
 * The `ranges` that a module exports.
 * @param {string} root @param {string} file
 * @returns {Promise<Record<string, Record<string, Range>>>}
 */
async function readRanges(root, file) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  const { ranges } = await import(`data:text/javascript;base64,${code}`)
  return ranges
}

/** @param {Range} range */
function toNumber([fallback, least = 0, most = DAY]) {
  return { fallback: toText(fallback), range: `${toText(least)} to ${toText(most)}` }
}

/** Options of a call, and of the client itself, are named without their group. @param {string} group */
function isCall(group) {
  return ['', 'events', 'gap'].includes(group)
}

/** @param {number} value */
function toText(value) {
  if (value === Infinity) return '∞'
  if (Number.isNaN(value)) return 'required'
  if (value === DAY) return '1 day'
  return value > DAY && value % DAY === 0 ? `${value / DAY} days` : `${value}`
}
