/**
 * Who may import what. The value beside a module is the start of the names of the files that may import
 * it, below `src` and without extension: '' is every file.
 *
 * @typedef {object} Rule
 * @property {Readonly<Record<string, string>>} imports other packages of this repository and of npm
 * @property {readonly string[]} [dependencies] all that `dependencies` of its package.json may hold; unset, anything
 * @property {readonly string[]} [reexports] modules that may be re-exported, and nothing else done with
 * @property {readonly string[]} [mayExportDefault] files that stand in for a module that has one
 * @property {boolean} [mayExportAll] `export *` from a module it may import
 * @property {boolean} [isIsomorphic] runs anywhere: modules of Node only in files named `x-node.ts`
 * @property {'all' | readonly string[]} [mayTellTime] files that may use the platform's timers, clock and chance
 * @property {readonly string[]} [mayPrint] files that may use `console`
 */

const core = '@org/realtime-core'
const kit = `${core}/kit`
const codecs = ['pusher', 'mqtt', 'raw-ws'].map((name) => `@org/realtime-${name}/codec`)

/** @type {Readonly<Record<string, Rule>>} */
export const rules = {
  core: { imports: { ws: 'ws-node' }, dependencies: ['ws'], mayTellTime: ['clock.ts'] },
  pusher: {
    ...protocol({
      'pusher-js': 'bridge',
      'laravel-echo': 'bridge',
      '@noble/ciphers': 'encrypted',
    }),
    // `import Pusher from 'pusher-js'` is to change in its name alone.
    mayExportDefault: ['compat.ts'],
  },
  mqtt: protocol({ mqtt: 'bridge' }),
  'raw-ws': protocol({}),
  react: binding({ react: '', '@tanstack/react-query': 'query' }),
  vue: binding({ vue: '', pinia: 'pinia' }),
  testing: {
    imports: { [core]: '', [kit]: '', vitest: 'vitest', msw: 'msw', ...only('msw', codecs) },
    dependencies: [core],
    mayTellTime: ['settled.ts', 'track-handles.ts', 'conformance/transport-rig.ts'],
  },
  devtools: { imports: { [core]: '', [kit]: '' }, dependencies: [core] },
  server: {
    imports: {
      ...only('', [...codecs, 'ws', 'ioredis', 'prom-client']),
      // Its payloads are typed by the registry of the app.
      ...only('publisher', ['pusher', core, kit]),
    },
    isIsomorphic: false,
    mayTellTime: 'all',
    mayPrint: ['cli.ts'],
  },
}

/** @param {Readonly<Record<string, string>>} peers @returns {Rule} */
function protocol(peers) {
  return { imports: { [kit]: '', ...peers }, dependencies: [core], reexports: [core], mayExportAll: true }
}

/** @param {Readonly<Record<string, string>>} peers @returns {Rule} */
function binding(peers) {
  return {
    imports: { [core]: '', [`${core}/bind`]: '', '@org/realtime-devtools': 'inspector', ...peers },
    dependencies: [core],
    mayExportAll: true,
  }
}

/** @param {string} files @param {readonly string[]} modules */
function only(files, modules) {
  return Object.fromEntries(modules.map((module) => [module, files]))
}
