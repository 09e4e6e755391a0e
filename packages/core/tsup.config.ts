import { defineBuild } from '../../tsup.base.ts'

export default defineBuild({
  entries: ['index', 'kit'],
  internal: ['ws-node', 'ws-none'],
  global: { file: 'realtime-core', name: 'RealtimeCore' },
})
