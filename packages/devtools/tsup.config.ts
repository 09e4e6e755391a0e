import { defineBuild } from '../../tsup.base.ts'

export default defineBuild({
  entries: ['index'],
  global: { file: 'realtime-devtools', name: 'RealtimeDevtools' },
})
