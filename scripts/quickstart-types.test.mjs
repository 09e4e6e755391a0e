import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { root } from './bootstrap.mjs'

const text = readFileSync(join(root, 'docs/quickstart.md'), 'utf8')
const codes = [...text.matchAll(/```tsx? \[\w+\]\n([\s\S]*?)```/g)].map(([, code = '']) => code)

/** Where the first line of a code says that it goes, in a folder of its own. @param {string} code @param {number} nth */
const toPlace = (code, nth) => (/examples\/hello\/\S+/.exec(code)?.[0] ?? '').replace('hello', `hello-${nth}`)

/** Whether the `tsconfig.json` takes it. @param {readonly string[]} include @param {string} place */
const isTaken = (include, place) =>
  include.some((pattern) => {
    const text = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')
    return new RegExp(`^${text}${/\.\w+$/.test(pattern) ? '$' : '/'}`).test(place)
  })

/**
 * What an editor says of codes: it goes by the `tsconfig.json` above their places when that takes them, and else by
 * options of its own, with which our packages are not found in a clone that was not built. Nothing is written: other
 * tests look at what examples there are.
 * @param {readonly string[]} all
 */
function check(all) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const places = all.map(toPlace)
  expect(places.filter((place) => !isTaken(config.include, place))).toEqual([])
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root)
  const files = new Map(places.map((place, nth) => [join(root, place), all[nth] ?? '']))
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (name) => files.has(name) || fileExists(name)
  host.getSourceFile = (name, version, ...rest) => {
    const code = files.get(name)
    return code === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, code, version)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].map((file) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
      .join(),
  )
}

it('is known to an editor as the quickstart says, with its mistakes', { timeout: 60_000 }, () => {
  expect(codes).toHaveLength(3)
  const wrongEvents = codes.map((code) => code.replace("'Booked'", "'Boked'"))
  const wrongFields = codes.map((code) => code.replace('{guest}', '{guest.nmae}'))
  const said = check([...codes, ...wrongEvents, ...wrongFields])
  expect(said.slice(0, 3)).toEqual(['', '', ''])
  for (const text of said.slice(3, 6)) expect(text).toContain('Boked')
  for (const text of said.slice(6)) expect(text).toContain("'nmae'")
})
