import { defineBuild } from '../../tsup.base.ts'

export default defineBuild({
  entries: ['index', 'codec', 'bridge', 'file-store', 'indexeddb'],
  internal: ['tcp-node', 'tcp-none'],
  global: { file: 'realtime-mqtt', name: 'RealtimeMqtt' },
})
