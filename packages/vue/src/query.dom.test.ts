import { queries } from './query-test-setup.ts'

queries()
