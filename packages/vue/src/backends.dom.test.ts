import { behaviour } from './backends-test-setup.ts'

behaviour()
