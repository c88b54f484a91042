// The site's own settings; `run.mjs` says where its pages are.
import { PAGES } from './lib/pages.mjs';

const of = (text, items) => ({
  text,
  items: items.map(([text, page]) => ({ text, link: `/${page}` })),
});

/** The reader's tasks, in the order of docs/README.md. */
const tasks = [
  of('Begin', [
    ['In your app', 'index'],
    ['All pages', 'documentation'],
    ['Move from another SDK', 'moving'],
  ]),
  of('Build', [
    ['Protect a route', 'protect'],
    ['Call an API', 'api'],
    ['Step-up authentication', 'step-up'],
    ['Already signed in at the platform?', 'prompt-none'],
    ['Show errors', 'show-errors'],
    ['Routers and the callback', 'routers'],
    ['Sign out everywhere', 'sign-out'],
    ['Render on a server', 'ssr'],
    ['Vue, Svelte, Angular', 'frameworks'],
    ['Electron and Capacitor', 'native'],
    ['Test an app', 'testing'],
    ['Start sooner', 'start-sooner'],
    ['Strict CSP', 'csp'],
    ['Options, which storage', 'options'],
    ['Security', 'security'],
  ]),
  of('Find out', [
    ['Error codes', 'errors'],
    ['Debug a sign-in', 'debug'],
    ['Findings of explain', 'explain'],
    ['Findings of doctor', 'doctor'],
    ['On the wire', 'wire'],
    ['By hand', 'by-hand'],
    ['Bundlers and frameworks', 'bundlers'],
    ['Performance', 'performance'],
    ['Faults', 'faults'],
  ]),
  of('Inside', [
    ['The session', 'session'],
    ['Decisions', 'decisions'],
    ['Specifications', 'checklist'],
    ['Contributing', 'contributing'],
    ['Changelog', 'changelog'],
  ]),
];

const listed = new Set(tasks.flatMap(({ items }) => items.map(({ link }) => `${link.slice(1)}.md`)));
const others = [...PAGES.values()].filter((page) => !listed.has(page)).map((page) => page.replace('.md', ''));
const sidebar = [
  ...tasks,
  of(
    'More',
    others.map((page) => [page, page]),
  ),
];

export const config = {
  title: 'IntelliAuth SPA SDK',
  description: 'Sign-in for single-page apps: authorization code with PKCE',
  base: '/',
  cleanUrls: false,
  lastUpdated: false,
  // What is made beside the pages, after them.
  ignoreDeadLinks: [/^\/(types|rust)\//],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar,
    nav: [
      { text: 'Types', link: '/types/index.html', target: '_self' },
      { text: 'Rust', link: '/rust/intelliauth_spa_sdk/index.html', target: '_self' },
      { text: 'Source', link: 'https://github.com/intelliauth/spa-sdk' },
    ],
  },
};
