import { defineBuild } from '../../tsup.base.ts'

export default defineBuild({
  entries: ['index', 'codec', 'compat', 'encrypted', 'bridge'],
  global: { file: 'realtime-pusher', name: 'RealtimePusher' },
})
