import { availableParallelism } from 'node:os'
import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { findProgram, isMissing, programs } from './scripts/programs.mjs'

const anywhere = '{packages,examples}/*/**'
const ignored = ['**/node_modules/**', '**/dist/**']
const outside = Object.keys(programs)
const unavailable = outside.filter(isMissing)
// Many tests wait for servers and clocks: one more than there are cores keeps these busy.
const maxWorkers = availableParallelism() + 1

export default defineConfig({
  resolve: { conditions: ['@org/source', ...defaultClientConditions] },
  ssr: { resolve: { conditions: ['@org/source', ...defaultServerConditions] } },
  test: {
    // They end what hangs, and say nothing of speed: machines are busy.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 25_000 } },
    maxWorkers,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: [`${anywhere}/*.test.{ts,tsx}`, 'bench/**/*.test.ts', 'scripts/*.test.mjs'],
          exclude: [
            ...ignored,
            ...['dom', 'browser', 'chromium', ...unavailable].map((kind) => `**/*.${kind}.test.*`),
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'chromium',
          include: [`${anywhere}/*.chromium.test.ts`, 'scripts/*.chromium.test.mjs'],
          exclude: ignored,
          // One at a time and after the others: each has a browser and a server beside it, and pages are watched.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'dom',
          include: [`${anywhere}/*.dom.test.{ts,tsx}`],
          exclude: ignored,
          environment: 'happy-dom',
          globalSetup: ['packages/testing/src/far-ends-test-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: [`${anywhere}/*.test-d.{ts,tsx}`],
            exclude: ignored,
            // `npm run types` reports those.
            ignoreSourceErrors: true,
          },
        },
      },
      {
        extends: true,
        // What is found only while tests run makes the page load anew, with two copies of a framework.
        define: {
          __VUE_OPTIONS_API__: 'true',
          __VUE_PROD_DEVTOOLS__: 'false',
          __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
        },
        optimizeDeps: {
          include: [
            'react',
            'react/jsx-dev-runtime',
            'react-dom',
            'react-dom/client',
            'vue',
            '@tanstack/react-query',
            '@tanstack/vue-query',
            '@testing-library/react',
            '@vue/test-utils',
            'pinia',
            'zod',
          ],
        },
        test: {
          name: 'browser',
          sequence: { groupOrder: 2 },
          include: [`${anywhere}/*.browser.test.{ts,tsx}`],
          exclude: ignored,
          globalSetup: [
            'packages/testing/src/far-ends-test-setup.ts',
            'packages/mqtt/src/broker-test-setup.ts',
            'packages/pusher/src/pages-test-setup.ts',
            'examples/gallery/src/far-end-test-setup.ts',
          ],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({ launchOptions: { ...chromium(), args: quietChromium() } }),
          },
        },
      },
    ],
  },
})

function chromium() {
  const executablePath = findProgram('browser')
  return executablePath === undefined ? {} : { executablePath }
}

/** Without these it looks up hosts of its own at every start; as root it needs `--no-sandbox`. */
function quietChromium() {
  return [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
}
