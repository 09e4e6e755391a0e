import { h, setText } from './dom.ts'

/** Asks for a token. */
export function createTokenForm(
  label: string,
  take: (token: string) => void,
): { readonly element: HTMLElement; say(problem: string): void } {
  const input = h('input', { type: 'password', autocomplete: 'off', required: true })
  const problem = h('p', { role: 'alert', class: 'problem' })
  const form = h('form', {}, h('label', {}, label, input), h('button', { class: 'primary' }, 'Open'), problem)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    take(input.value.trim())
    input.value = ''
  })
  return { element: form, say: (text) => setText(problem, text) }
}
