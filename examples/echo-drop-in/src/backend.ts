import type { CreateBackend } from '@org/example-backend'

const ITEMS = ['A kettle', 'Two chairs', 'A lamp', 'Green tea']
const PREFIX = 'echo-'

export const createBackend: CreateBackend = () => {
  let count = 0
  let order = (): void => {}
  return {
    app: {
      id: 'echo',
      key: 'echo-key',
      secret: 'echo-secret',
      dialect: 'reverb',
      enableClientMessages: true,
    },
    authenticate(token) {
      if (!token.startsWith(PREFIX)) return undefined
      const id = token.slice(PREFIX.length)
      return { id, info: { id, name: id } }
    },
    channels: { 'private-orders': true, 'presence-office': true },
    routes: [
      {
        path: '/api/orders',
        methods: ['POST'],
        handle(_request, reply) {
          order()
          reply.writeHead(202).end()
        },
      },
    ],
    start({ server }) {
      order = () => {
        const item = ITEMS[count++ % ITEMS.length]
        server.publishPusher('private-orders', 'OrderShipped', { item }, { app: 'echo' }).catch(() => {})
      }
      return () => {}
    },
  }
}
