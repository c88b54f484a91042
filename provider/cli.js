#!/usr/bin/env node
import { startProvider } from './index.js';

/** A positive whole number from the environment, or a line that says which variable is wrong. */
function number(name, fallback, most) {
  const value = Number(process.env[name] || fallback);
  if (Number.isInteger(value) && value > 0 && value <= most) return value;
  return fail(`${name} must be a whole number from 1 to ${most}: it is "${process.env[name]}".`);
}

/** @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}

const port = number('PROVIDER_PORT', 4000, 65535);
const app = `http://localhost:${number('DEMO_PORT', 5173, 65535)}`;
const accessTokenSeconds = number('ACCESS_TOKEN_SECONDS', 60, 86400);

try {
  const { issuer, clientId, log, close } = await startProvider({
    port,
    redirectUris: [`${app}/callback`],
    postLogoutRedirectUris: [`${app}/`],
    allowedOrigins: [app],
    accessTokenSeconds,
  });
  console.log(
    `Provider ready at ${issuer} for ${clientId} at ${app}; access tokens live ${accessTokenSeconds} s.`,
  );

  // What happened and how it went, never a query, a body or a header: those hold codes and tokens.
  log.on(({ at, method, path, body, status }) => {
    const place = path.replace(/^(\/oauth2\/authorize)\/.*/, '$1/…');
    const detail =
      path === '/oauth2/token' && /^[a-z_]+$/.test(body?.grant_type) ? ` ${body.grant_type}` : '';
    console.log(
      `${new Date(at).toISOString().slice(11, 19)} ${method} ${place}${detail} ${status ?? 'unanswered'}`,
    );
  });

  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      await close();
      process.exit(0);
    });
  }
} catch (error) {
  if (error.code !== 'EADDRINUSE') throw error;
  fail(`Port ${port} is taken: set PROVIDER_PORT to a free one.`);
}
