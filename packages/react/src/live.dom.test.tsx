import { startFarEnd } from './live-far-end-test-setup.ts'
import { testLive } from './live-test-setup.tsx'

testLive(startFarEnd)
