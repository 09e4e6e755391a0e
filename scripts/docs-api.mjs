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
  'packages/raw-ws/src': { RawWsOptions: '', StrictOptions: '' },
  'packages/raw-ws/src/rakit': { RakitOptions: '' },
}
/** Types whose members are options too; others are values. */
const NESTED = /(Options|Policy|^Heartbeat)$/
const DAY = 86_400_000

/**
 * What the reference has to name: every option, with default and range where it is a number, and every error code.
 * @param {string} root the folder that holds `packages`
 * @returns {Promise<{ options: Set<string>, numbers: Map<string, { fallback: string, range: string }>, codes: Set<string> }>}
 */
export async function readApi(root) {
  const declarations = readDeclarations(join(root, SOURCE))
  const options = Object.entries(roots).flatMap(([folder, names]) => {
    const isCore = folder === SOURCE
    if (!isCore && !existsSync(join(root, folder))) return []
    const own = isCore ? declarations : readDeclarations(join(root, folder))
    return Object.entries(names).flatMap(([name, prefix]) => {
      const declaration = own.get(name)
      if (!declaration) throw new Error(`${folder} declares no ${name}: scripts/docs-api.mjs looks for it`)
      return namesOf(bodyOf(declaration), prefix, own)
    })
  })
  const errors = declarations.get(ERRORS)
  if (!errors) throw new Error(`${SOURCE} declares no ${ERRORS}: scripts/docs-api.mjs looks for it`)
  const codes = membersOf(bodyOf(errors)).map(([code]) => code)
  return { options: new Set(options), numbers: await readNumbers(root), codes: new Set(codes) }
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
  const { outputFiles } = await build({
    entryPoints: [join(root, SOURCE, 'options.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  /** @type {{ ranges: Record<string, Record<string, readonly [number, number?, number?]>> }} */
  const { ranges } = await import(`data:text/javascript;base64,${code}`)
  return new Map(
    Object.entries(ranges).flatMap(([group, numbers]) =>
      // Its default is that of the outbox.
      group === 'publish'
        ? []
        : Object.entries(numbers).map(([name, [fallback, least = 0, most = DAY]]) => [
            isCall(group) ? name : `${group}.${name}`,
            { fallback: toText(fallback), range: `${toText(least)} to ${toText(most)}` },
          ]),
    ),
  )
}

/** Options of a call, and of the client itself, are named without their group. @param {string} group */
function isCall(group) {
  return ['', 'events', 'gap'].includes(group)
}

/** @param {number} value */
function toText(value) {
  if (value === Infinity) return '∞'
  if (Number.isNaN(value)) return 'required'
  return value === DAY ? '1 day' : `${value}`
}
