import { stores } from './pinia-test-setup.ts'

stores()
