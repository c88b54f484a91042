import { oidcEarlyInit } from 'oidc-spa/entrypoint';

const { shouldLoadApp } = oidcEarlyInit({ BASE_URL: '/' });
if (shouldLoadApp) import('./oidc-spa.main.js');
