import { hydration } from './hydrate-test-setup.ts'
import { hygiene } from './hygiene-test-setup.ts'
import { initialData } from './initial-test-setup.ts'

hydration()
hygiene()
initialData()
