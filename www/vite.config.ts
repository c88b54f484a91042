import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const { DEMO_PORT = '5173', PROVIDER_PORT = '4000' } = process.env;
process.env.VITE_TENANT_URL ||= `http://localhost:${PROVIDER_PORT}`;

// The redirect URI is registered with its port: another one must not be taken silently.
const address = { host: 'localhost', port: Number(DEMO_PORT), strictPort: true };

/** All that the app, the SDK and its wasm need, and nothing else. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  `connect-src ${process.env.VITE_TENANT_URL}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

export default defineConfig({
  plugins: [react()],
  server: address,
  preview: { ...address, headers: { 'Content-Security-Policy': contentSecurityPolicy } },
  build: { assetsInlineLimit: 0 }, // no data: URLs, which the policy forbids
});
