import { baseStyle } from './style.ts'

export const mountStyle = `${baseStyle}
:host { position: fixed; inset-block-end: 0; inset-inline-end: 0; z-index: 2147483000; }
.toggle { margin: 0.75rem; border-radius: 99px; box-shadow: 0 1px 6px rgb(0 0 0 / 0.3); }
.window {
  display: flex;
  flex-direction: column;
  inline-size: min(34rem, 100vw);
  block-size: min(42rem, 85vh);
  border: 1px solid var(--edge);
  border-start-start-radius: 10px;
  background: var(--page);
  box-shadow: 0 2px 18px rgb(0 0 0 / 0.35);
}
.title { display: flex; align-items: center; padding: 0.5rem 0.75rem; border-block-end: 1px solid var(--line); }
h2 { font-size: 1rem; margin-inline-end: auto; }
realtime-inspector { flex: 1; overflow: auto; color-scheme: inherit; }
`
