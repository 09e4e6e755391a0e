import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { Application, ReflectionKind } from 'typedoc'
import { root } from './bootstrap.mjs'

const OPTIONS = {
  name: '@org/realtime: every export',
  tsconfig: join(root, 'scripts/tsconfig.api.json'),
  // `npm run types` reports those.
  skipErrorChecking: true,
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  // Without a remote there is no address to link to.
  disableSources: true,
  githubPages: false,
  readme: 'none',
  hideGenerator: true,
  favicon: join(root, 'docs/public/icon.svg'),
  customCss: join(root, 'scripts/api-pages.css'),
  navigationLinks: { 'Back to the pages': '/' },
}

/**
 * Writes a page for every export of every entry that can be imported.
 * @param {string} folder
 */
export async function buildApiPages(folder) {
  const entries = listEntries()
  const app = await Application.bootstrap({
    ...OPTIONS,
    entryPoints: [...entries.keys()],
    logLevel: 'Error',
  })
  const project = await app.convert()
  if (!project) throw new Error('TypeDoc has read nothing: its errors stand above')
  const missing = new Map(entries)
  for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
    const file = normalize(project.getSymbolIdFromReflection(module)?.fileName ?? '')
    module.name = entries.get(file) ?? module.name
    missing.delete(file)
  }
  if (missing.size > 0) throw new Error(`TypeDoc has left out ${[...missing.values()].join(', ')}`)
  await app.generateDocs(project, folder)
  if (app.logger.hasErrors()) throw new Error('TypeDoc has failed: its errors stand above')
}

/** Entries by their file. */
function listEntries() {
  const packages = join(root, 'packages')
  const found = readdirSync(packages).flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
    return Object.entries(manifest.exports).flatMap(([path, conditions]) => {
      const source = conditions['@org/source']
      return source ? [[join(packages, name, source), manifest.name + path.slice(1)]] : []
    })
  })
  return new Map(/** @type {[string, string][]} */ (found))
}
