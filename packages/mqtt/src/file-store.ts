export { fileStore } from './file-store-node.ts'
