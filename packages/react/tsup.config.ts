import { defineBuild } from '../../tsup.base.ts'

export default defineBuild({ entries: ['index', 'query', 'inspector'] })
