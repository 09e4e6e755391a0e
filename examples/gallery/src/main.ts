import type { Address } from '@org/example-backend'
import { systemClock } from '@org/realtime-core/kit'
import { mountGallery } from './gallery.ts'

const root = document.querySelector<HTMLElement>('#root')
const address = (await (await fetch('/demo.json')).json()) as Address
if (root) mountGallery(root, address, systemClock)
