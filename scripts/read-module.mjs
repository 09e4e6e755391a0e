import ts from 'typescript'

/** @typedef {{ specifier: string, line: number, isReexport: boolean, isType: boolean }} Import */
/** @typedef {{ name: string, line: number }} Mention */
/**
 * @typedef {object} Module
 * @property {Import[]} imports static, dynamic and type imports, and re-exports
 * @property {Mention[]} globals uses, as values, of the names asked for
 * @property {Mention[]} exportsAll specifiers of `export * from`
 * @property {Mention[]} defaultExports
 */

/** Properties of the watched globals that read neither clock nor chance. */
const PURE = /^(UTC|parse)$/
const GLOBAL_OBJECTS = /^(globalThis|window|self|global)$/

/**
 * What a source file imports, exports and uses of the platform.
 * @param {string} fileName @param {string} text
 * @param {ReadonlySet<string>} globals names such as `setTimeout` or `Math.random`
 * @returns {Module}
 */
export function readModule(fileName, text, globals) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2022, true)
  /** @type {Module} */
  const module = { imports: [], globals: [], exportsAll: [], defaultExports: [] }
  /** @param {ts.Node} node */
  const lineOf = (node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1

  /** @param {ts.Node} node @returns {void} */
  const visit = (node) => {
    const line = lineOf(node)
    const specifier = specifierOf(node)
    if (specifier !== undefined)
      module.imports.push({ specifier, line, isReexport: ts.isExportDeclaration(node), isType: isType(node) })
    if (ts.isExportDeclaration(node) && specifier !== undefined && isExportAll(node))
      module.exportsAll.push({ name: specifier, line })
    if (isDefaultExport(node)) module.defaultExports.push({ name: 'default', line })
    const name = globalName(node)
    if (name !== undefined && globals.has(name)) module.globals.push({ name, line })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return module
}

/** @param {ts.Node} node */
function specifierOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal)
  if (ts.isExternalModuleReference(node)) return textOf(node.expression)
  if (!ts.isCallExpression(node)) return undefined
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require'
  return isImport || isRequire ? textOf(node.arguments[0]) : undefined
}

/**
 * Whether nothing of it is left at run time. With `verbatimModuleSyntax` an import of inline types is.
 * @param {ts.Node} node
 */
function isType(node) {
  if (ts.isImportDeclaration(node)) return node.importClause?.isTypeOnly === true
  return ts.isImportTypeNode(node) || (ts.isExportDeclaration(node) && node.isTypeOnly)
}

/** @param {ts.Node | undefined} node */
function textOf(node) {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined
}

/** @param {ts.ExportDeclaration} node */
function isExportAll(node) {
  return node.exportClause === undefined || ts.isNamespaceExport(node.exportClause)
}

/** @param {ts.Node} node */
function isDefaultExport(node) {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return (
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) === true
  )
}

/**
 * The name under which a node uses something global: `setTimeout`, also from `globalThis.setTimeout`,
 * or `Math.random`. Types, declarations and properties of other objects have none.
 * @param {ts.Node} node
 */
function globalName(node) {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const owner = node.expression.text
    return GLOBAL_OBJECTS.test(owner) ? node.name.text : `${owner}.${node.name.text}`
  }
  return ts.isIdentifier(node) && isValueUse(node) ? node.text : undefined
}

/** @param {ts.Identifier} node */
function isValueUse(node) {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node && !PURE.test(parent.name.text)
  if (ts.isBinaryExpression(parent) || ts.isShorthandPropertyAssignment(parent)) return true
  if (ts.isTypeNode(parent) && !ts.isExpressionWithTypeArguments(parent)) return false
  if (ts.isQualifiedName(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false
  const isNamed = 'name' in parent && parent.name === node
  const isRenamed = 'propertyName' in parent && parent.propertyName === node
  return !isNamed && !isRenamed
}
