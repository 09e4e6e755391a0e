import { queries } from './query-test-setup.tsx'

queries()
