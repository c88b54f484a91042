/** The global `crypto`, for entries that run outside of browsers too: without what is wanted of it they say what to do. */
export function webcrypto(wanted: 'getRandomValues' | 'subtle'): Crypto {
  const { crypto } = globalThis as { crypto?: Crypto };
  if (crypto?.[wanted]) return crypto;
  throw new Error(
    `There is no global crypto.${wanted} here. Node 20 and newer have it, Node 18 with the flag ` +
      '--experimental-global-webcrypto. Jest hides it in jsdom: docs/testing.md says how to show it.',
  );
}
