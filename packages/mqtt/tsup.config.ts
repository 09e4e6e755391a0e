import { defineBuild } from '../../tsup.base.ts'

export default defineBuild({
  entries: ['index', 'codec'],
  global: { file: 'realtime-mqtt', name: 'RealtimeMqtt' },
})
