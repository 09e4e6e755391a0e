import type { ControlAddress } from './control.ts'
import { defineInspector, type Inspected } from './inspector.ts'

/** Puts the inspector into an element of the page, registered or not. Returns its removal. */
export function placeInspector(place: Element, client: Inspected, control?: ControlAddress): () => void {
  defineInspector()
  const inspector = document.createElement('realtime-inspector')
  inspector.client = client
  inspector.control = control
  place.append(inspector)
  return () => inspector.remove()
}
