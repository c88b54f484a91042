/** How it looks, in both colour schemes. A constructed sheet is no inline style: `style-src` has no say in it. */
const CSS = `
:host {
  all: initial; position: fixed; inset: auto 12px 12px auto; z-index: 2147483000; display: block;
  max-width: calc(100vw - 24px); color-scheme: light dark; font: 13px/1.5 system-ui, sans-serif;
  --ink: #1b1f24; --paper: #ffffff; --raised: #f4f6f8; --line: #c4ccd4; --quiet: #57606a;
  --accent: #0b57d0; --bad: #b3261e; --good: #1a7f37; color: var(--ink);
}
@media (prefers-color-scheme: dark) {
  :host {
    --ink: #e6edf3; --paper: #161b22; --raised: #21262d; --line: #3d444d; --quiet: #a3adb8;
    --accent: #8ab4f8; --bad: #ff9b93; --good: #6fdd8b;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button, a { font: inherit; color: var(--accent); }
button { border: 1px solid var(--line); border-radius: 6px; background: var(--paper); padding: 4px 10px; cursor: pointer; min-height: 28px; }
button:hover { background: var(--raised); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.toggle { display: block; margin-left: auto; color: var(--ink); border-radius: 16px; box-shadow: 0 1px 4px rgb(0 0 0 / 0.25); }
.toggle::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 8px; border-radius: 4px; background: var(--quiet); }
.toggle[data-status="authenticated"]::before { background: var(--good); }
.toggle[data-status="error"]::before, .toggle[data-bad]::before { background: var(--bad); }
.panel {
  width: 640px; max-width: 100%; max-height: min(75vh, 720px); overflow: auto; margin-bottom: 8px; padding: 4px 16px 16px;
  background: var(--paper); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 6px 24px rgb(0 0 0 / 0.3);
}
header { display: flex; gap: 8px; align-items: center; position: sticky; top: -4px; padding: 10px 0; background: var(--paper); z-index: 1; }
h2 { font-size: 15px; margin: 0 auto 0 0; }
h3 { font-size: 13px; margin: 16px 0 4px; }
p { margin: 4px 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; margin: 0; }
dt, .quiet, time { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
ol, ul { margin: 0; padding: 0; list-style: none; }
li { padding: 2px 0; overflow-wrap: anywhere; }
.bad { color: var(--bad); }
.failure { border-left: 3px solid var(--bad); padding-left: 10px; }
.drawing { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); }
details { margin: 4px 0; }
summary { cursor: pointer; color: var(--accent); }
svg { display: block; }
svg text { font: 11px system-ui, sans-serif; fill: var(--ink); }
svg .party { font-weight: 600; }
svg line { stroke: var(--ink); stroke-width: 1.2; }
svg .lane { stroke: var(--line); }
svg .page line { stroke: var(--quiet); stroke-dasharray: 2 4; }
svg .page text { fill: var(--quiet); }
svg polygon { fill: var(--ink); }
svg .bad line { stroke: var(--bad); stroke-dasharray: 5 3; }
svg .bad polygon, svg .bad text { fill: var(--bad); }
svg .bad text { font-weight: 600; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) { .toggle::before { transition: background-color 0.3s; } }
@media (max-width: 480px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 4px; } }
`;

let sheet: CSSStyleSheet | undefined;

export function styled(root: ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  root.adoptedStyleSheets = [sheet];
}
