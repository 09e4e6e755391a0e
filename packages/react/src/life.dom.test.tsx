import { hydration } from './hydrate-test-setup.tsx'
import { hygiene } from './hygiene-test-setup.tsx'
import { initialData } from './initial-test-setup.tsx'

hydration()
hygiene()
initialData()
