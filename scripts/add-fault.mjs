/**
 * Tells the server of the demo to fail; what it returns takes the rule back.
 * @param {{ readonly url: string, readonly token: string }} control
 * @param {import('../packages/server/src/index.ts').FaultRule} rule
 */
export async function addFault({ url, token }, rule) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const response = await fetch(`${url}/faults`, { method: 'POST', headers, body: JSON.stringify(rule) })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${url}: ${answer.error?.message ?? response.status}`)
  return async () => {
    await fetch(`${url}/faults/${answer.id}`, { method: 'DELETE', headers })
  }
}
