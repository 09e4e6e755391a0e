// Run as: node metro-bundle.cjs <folder with native-entry.js> <node_modules of Metro>
const { createRequire } = require('node:module')

const [, , root, metroFolder] = process.argv
const fromMetro = createRequire(`${metroFolder}/x.js`)
const { loadConfig, mergeConfig, runBuild } = fromMetro('metro')

async function main() {
  // As @react-native/metro-config sets it, less the transformer, which plain JavaScript can do without.
  const config = mergeConfig(await loadConfig({ cwd: root }), {
    projectRoot: root,
    watchFolders: [root, metroFolder],
    cacheStores: [],
    maxWorkers: 1,
    reporter: { update() {} },
    resolver: {
      platforms: ['android', 'ios'],
      resolverMainFields: ['react-native', 'browser', 'main'],
      unstable_conditionNames: ['react-native'],
      unstable_enablePackageExports: true,
    },
    serializer: { getPolyfills: () => [], getModulesRunBeforeMainModule: () => [] },
    transformer: {
      asyncRequireModulePath: fromMetro.resolve('metro-runtime/src/modules/asyncRequire'),
      babelTransformerPath: fromMetro.resolve('metro-babel-transformer'),
      getTransformOptions: async () => ({
        transform: { experimentalImportSupport: true, inlineRequires: false },
      }),
    },
  })
  await runBuild(config, {
    entry: 'native-entry.js',
    out: `${root}/native.js`,
    platform: 'ios',
    minify: false,
    dev: false,
  })
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error.stack}\n`)
    process.exit(1)
  },
)
