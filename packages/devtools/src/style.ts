/** A sheet that no Content-Security-Policy forbids. */
export function toSheet(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  return sheet
}

/** Nothing of the page gets in, but the colour scheme that it gives to the element. */
export const baseStyle = `
:host {
  all: initial;
  display: block;
  color-scheme: light dark;
  --card: light-dark(#ffffff, #181e28);
  --page: light-dark(#f2f4f8, #0f131a);
  --line: light-dark(#d5dbe4, #2c3543);
  --edge: light-dark(#808b9b, #77849a);
  --text: light-dark(#17202e, #e6ebf3);
  --soft: light-dark(#525d6d, #a7b2c2);
  --accent: light-dark(#1f4fc4, #93b4ff);
  color: var(--text);
  font: 14px / 1.45 system-ui, sans-serif;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; padding: 0; min-inline-size: 0; list-style: none; }
button, input, select {
  min-block-size: 2rem;
  padding: 0.15rem 0.6rem;
  border: 1px solid var(--edge);
  border-radius: 6px;
  background: var(--card);
  color: inherit;
  font: inherit;
}
::placeholder { color: var(--soft); opacity: 1; }
button { font-weight: 550; cursor: pointer; }
button:hover:enabled { border-color: var(--accent); }
button:disabled { opacity: 0.5; cursor: not-allowed; }
button[aria-pressed="true"] {
  border-color: var(--accent);
  background: var(--accent);
  color: light-dark(#ffffff, #0d1730);
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`
