import { defineBuild } from '../../tsup.base.ts'

export default defineBuild({
  entries: ['index', 'kit', 'bind'],
  internal: ['ws-node', 'ws-none'],
  global: { file: 'realtime-core', name: 'RealtimeCore' },
})
