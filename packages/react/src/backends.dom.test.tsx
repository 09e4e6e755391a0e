import { behaviour } from './backends-test-setup.tsx'

behaviour()
