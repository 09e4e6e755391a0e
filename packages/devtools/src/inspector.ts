import type { AnyClient } from '@org/realtime-core'
import type { ControlAddress } from './control.ts'
import type { Fault } from './fault.ts'
import { inspectorStyle } from './inspector-style.ts'
import { toSheet } from './style.ts'
import { type InspectedClient, openView } from './view.ts'

export type { InspectedClient } from './view.ts'

/** One client, or several with names to choose by. */
export type Inspected = AnyClient | readonly InspectedClient[]

/** The element `<realtime-inspector>`. It listens to its clients only while it is in the page. */
export interface RealtimeInspector extends HTMLElement {
  client: Inspected | undefined
  /** With this there are buttons for what can go wrong; without a client those alone. */
  control: ControlAddress | undefined
  /** More of them, for what a page is about. */
  faults: readonly Fault[] | undefined
}

declare global {
  interface HTMLElementTagNameMap {
    'realtime-inspector': RealtimeInspector
  }
}

const NAME = 'realtime-inspector'

/**
 * Registers `<realtime-inspector>`, once. Where there are no custom elements, as on a server, it does nothing.
 * @example
 * defineInspector()
 * const inspector = document.createElement('realtime-inspector')
 * inspector.client = client
 * document.body.append(inspector)
 */
export function defineInspector(): void {
  // Another copy of this package may have done it.
  if (typeof customElements === 'undefined' || customElements.get(NAME)) return
  customElements.define(NAME, createInspectorClass())
}

/** The class is made late, because on a server there is nothing to extend. */
function createInspectorClass(): CustomElementConstructor {
  const sheet = toSheet(inspectorStyle)

  return class extends HTMLElement implements RealtimeInspector {
    #client: Inspected | undefined
    #control: ControlAddress | undefined
    #faults: readonly Fault[] | undefined
    #close: (() => void) | undefined
    readonly #root: ShadowRoot

    constructor() {
      super()
      this.#root = this.attachShadow({ mode: 'open' })
      this.#root.adoptedStyleSheets = [sheet]
    }

    get client(): Inspected | undefined {
      return this.#client
    }

    set client(client: Inspected | undefined) {
      if (client === this.#client) return
      this.#client = client
      this.#open()
    }

    get control(): ControlAddress | undefined {
      return this.#control
    }

    set control(control: ControlAddress | undefined) {
      if (control === this.#control) return
      this.#control = control
      this.#open()
    }

    get faults(): readonly Fault[] | undefined {
      return this.#faults
    }

    set faults(faults: readonly Fault[] | undefined) {
      if (faults === this.#faults) return
      this.#faults = faults
      this.#open()
    }

    connectedCallback(): void {
      this.#upgrade('client')
      this.#upgrade('control')
      this.#upgrade('faults')
      this.#open()
    }

    disconnectedCallback(): void {
      this.#close?.()
      this.#close = undefined
    }

    #open(): void {
      if (!this.isConnected) return
      this.#close?.()
      const client = this.#client
      const clients = !client ? [] : 'trace' in client ? [{ name: 'client', client }] : client
      this.#close = openView(this.#root, clients, this.#control, this.#faults)
    }

    /** What was set before the element was registered hides the accessor. */
    #upgrade<K extends 'client' | 'control' | 'faults'>(name: K): void {
      if (!Object.hasOwn(this, name)) return
      const value = (this as RealtimeInspector)[name]
      delete (this as Partial<RealtimeInspector>)[name]
      ;(this as RealtimeInspector)[name] = value
    }
  }
}
