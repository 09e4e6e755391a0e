import { baseStyle } from './style.ts'

export const inspectorStyle = `${baseStyle}
:host { container-type: inline-size; background: var(--page); }
:host, [data-tone="rest"] { --tone: var(--soft); --wash: light-dark(#e9edf3, #262f3d); }
[data-tone="good"] { --tone: light-dark(#0d6239, #57d296); --wash: light-dark(#e0f5e9, #12301f); }
[data-tone="warn"] { --tone: light-dark(#854700, #f2b655); --wash: light-dark(#fdf0da, #36270d); }
[data-tone="bad"] { --tone: light-dark(#ac1c16, #ff938a); --wash: light-dark(#fde7e5, #3c1a19); }
h2 { display: inline; font-size: 1rem; }
h3 { font-size: 0.85rem; color: var(--soft); }
.soft, .empty, .count, time, dt { color: var(--soft); }
.empty { padding: 0.4rem 0; }
p:empty { display: none; }
.mono, time { font-family: ui-monospace, monospace; font-size: 0.88em; }
.bar { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.head { padding: 0.6rem 0.75rem 0; }
.chip {
  padding: 0.05rem 0.55rem;
  border-radius: 99px;
  background: var(--wash);
  color: var(--tone);
  font-size: 0.88rem;
  font-weight: 600;
}
.panels { display: grid; gap: 0.6rem; padding: 0.6rem 0.75rem; align-items: start; }
.panel { border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
summary { padding: 0.5rem 0.75rem; border-radius: 8px; cursor: pointer; list-style: revert; }
summary .count { margin-inline-start: 0.5rem; }
.body { display: grid; gap: 0.5rem; padding: 0 0.75rem 0.75rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(4.9rem, 1fr)); gap: 0.4rem 0.6rem; }
dt { font-size: 0.82rem; }
dd { font-weight: 600; font-variant-numeric: tabular-nums; }
.problem { color: light-dark(#ac1c16, #ff938a); overflow-wrap: anywhere; }
.feed { max-block-size: 17rem; overflow: auto; border-radius: 4px; }
.feed li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.6rem; padding: 0.2rem 0; border-block-end: 1px solid var(--line); }
/* Thousands of frames a second may come: what is scrolled away is not laid out. */
.feed li { content-visibility: auto; contain-intrinsic-block-size: auto 2.5rem; }
.feed b { color: var(--tone); }
.feed span, .mono, li p { overflow-wrap: anywhere; }
.channels li { padding: 0.4rem 0; border-block-start: 1px solid var(--line); }
.channels li p { font-size: 0.9rem; }
[type="search"] { flex: 1 1 8rem; }
.frames .feed { max-block-size: 24rem; }
.frames .feed li { --tone: var(--text); }
.frames .text { flex: 1 0 100%; overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
.whole .text { display: block; white-space: pre-wrap; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; }
.number { font-variant-numeric: tabular-nums; }
svg { display: block; inline-size: 100%; block-size: 2rem; border-block-end: 1px solid var(--line); }
polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
@container (inline-size >= 50rem) {
  .panels { grid-template-columns: 1fr 1fr; }
  .frames { grid-column: 1 / -1; }
  .frames .text { flex: 1 1 0; }
}
`
