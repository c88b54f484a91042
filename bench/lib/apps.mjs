// The apps that are measured: one for each SDK, in its documented minimal configuration.

/**
 * @typedef {object} App
 * @property {string} name
 * @property {string} package whose version is told
 * @property {string} file in apps/
 * @property {boolean} [react]
 * @property {boolean} [ours]
 * @property {boolean} [preloaded] this SDK as part of the app's entry: measured where that makes a difference
 * @property {boolean} [control] a page without any SDK
 * @property {boolean} [manager] manages a session: keeps tokens, and refreshes them
 * @property {'auth0' | 'okta' | 'keycloak' | 'msal'} [shape] paths of its own at the provider
 * @property {boolean} [tabs] whether it is measured in several tabs, and with many callers
 */

/** @type {App[]} */
export const apps = [
  {
    name: 'intelliauth',
    package: '@intelliauth/spa-sdk',
    file: 'intelliauth.js',
    ours: true,
    manager: true,
    tabs: true,
  },
  {
    name: 'intelliauth, preload',
    package: '@intelliauth/spa-sdk',
    file: 'intelliauth-preload.js',
    ours: true,
    preloaded: true,
    manager: true,
  },
  {
    name: 'auth0-spa-js',
    package: '@auth0/auth0-spa-js',
    file: 'auth0-spa-js.js',
    manager: true,
    shape: 'auth0',
    tabs: true,
  },
  {
    name: 'oidc-client-ts',
    package: 'oidc-client-ts',
    file: 'oidc-client-ts.js',
    manager: true,
    tabs: true,
  },
  {
    name: 'msal-browser',
    package: '@azure/msal-browser',
    file: 'msal-browser.js',
    manager: true,
    shape: 'msal',
    tabs: true,
  },
  {
    name: 'okta-auth-js',
    package: '@okta/okta-auth-js',
    file: 'okta-auth-js.js',
    manager: true,
    shape: 'okta',
    tabs: true,
  },
  {
    name: 'keycloak-js',
    package: 'keycloak-js',
    file: 'keycloak-js.js',
    manager: true,
    shape: 'keycloak',
    tabs: true,
  },
  { name: 'oidc-spa', package: 'oidc-spa', file: 'oidc-spa.js', manager: true, tabs: true },
  {
    name: 'axa oidc-client',
    package: '@axa-fr/oidc-client',
    file: 'axa-oidc-client.js',
    manager: true,
    tabs: true,
  },
  { name: 'oauth4webapi', package: 'oauth4webapi', file: 'oauth4webapi.js', tabs: true },
  {
    name: 'intelliauth/react',
    package: '@intelliauth/spa-sdk',
    file: 'intelliauth-react.jsx',
    react: true,
    ours: true,
    manager: true,
  },
  {
    name: 'intelliauth/react, preload',
    package: '@intelliauth/spa-sdk',
    file: 'intelliauth-react-preload.jsx',
    react: true,
    ours: true,
    preloaded: true,
    manager: true,
  },
  {
    name: 'auth0-react',
    package: '@auth0/auth0-react',
    file: 'auth0-react.jsx',
    react: true,
    manager: true,
    shape: 'auth0',
  },
  {
    name: 'react-oidc-context',
    package: 'react-oidc-context',
    file: 'react-oidc-context.jsx',
    react: true,
    manager: true,
  },
  {
    name: 'react-oauth2-code-pkce',
    package: 'react-oauth2-code-pkce',
    file: 'react-oauth2-code-pkce.jsx',
    react: true,
    manager: true,
  },
  { name: 'oidc-spa/react-spa', package: 'oidc-spa', file: 'oidc-spa-react.js', react: true, manager: true },
  {
    name: 'msal-react',
    package: '@azure/msal-react',
    file: 'msal-react.jsx',
    react: true,
    manager: true,
    shape: 'msal',
  },
  { name: 'no SDK', file: 'none.js', control: true },
  { name: 'no SDK, React', file: 'none-react.jsx', react: true, control: true },
];
