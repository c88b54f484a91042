/** What the console tells a developer: on loopback hosts only, which is where apps are developed, whatever the bundler. */

const LOOPBACK = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const told = new Set<string>();

/** The string to register, once a page. */
export function tellRedirectUri(redirectUri: string | undefined): void {
  if (!redirectUri || told.has(redirectUri) || !LOOPBACK.test(location.hostname)) return;
  told.add(redirectUri);
  console.info(
    `IntelliAuth: the redirect URI to register with the platform, character for character, is ${redirectUri}`,
  );
}
