import { explain } from '@intelliauth/spa-sdk/explain';
import { createCodeFlow } from '@intelliauth/spa-sdk/protocol';

/** The first finding of a request that is built by hand, and registered with another redirect URI. */
export async function byHand(options) {
  const flow = await createCodeFlow(options);
  const { url } = flow.buildAuthorizationRequest();
  const { kind, findings } = await explain(url, { redirectUris: [`${options.redirectUri}/`] });
  return `${kind}: ${findings[0]?.code}`;
}
