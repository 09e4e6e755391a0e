import { systemClock } from '@org/realtime-core/kit'
import { mountGallery } from './gallery.ts'

const root = document.querySelector<HTMLElement>('#gallery')
if (root) mountGallery(root, systemClock)
