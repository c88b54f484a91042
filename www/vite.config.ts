import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const { DEMO_PORT, PROVIDER_PORT, VITE_TENANT_URL } = loadEnv(mode, import.meta.dirname, '');
  const tenantUrl = VITE_TENANT_URL || `http://localhost:${PROVIDER_PORT || 4000}`;

  // The redirect URI is registered with its port: another one must not be taken silently.
  const address = { host: 'localhost', port: Number(DEMO_PORT || 5173), strictPort: true };

  /** All that the app, the SDK and its wasm need, and nothing else. */
  const contentSecurityPolicy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${tenantUrl}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');

  return {
    plugins: [react()],
    define: { 'import.meta.env.VITE_TENANT_URL': JSON.stringify(tenantUrl) },
    server: address,
    preview: { ...address, headers: { 'Content-Security-Policy': contentSecurityPolicy } },
    worker: { format: 'es' },
    build: { assetsInlineLimit: 0 }, // no data: URLs, which the policy forbids
  };
});
