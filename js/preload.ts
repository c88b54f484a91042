/**
 * For apps that sign in on nearly every visit: imported once, anywhere in the app's own entry, it has the bundler put the
 * whole SDK beside that entry, so that nothing is left to be requested when the client starts. The page then loads the SDK
 * before its first paint. Not together with the option `wasm`, which names another way to the same bytes.
 * @example
 * import '@intelliauth/spa-sdk/preload';
 * @module
 */
import * as bytes from './bytes.js';
import * as client from './client.js';
import { parts } from './parts.js';
import * as session from './session.js';
import { requested } from './start.js';

Object.assign(parts, { bytes, client, session });
// While the app's own modules run. What fails here is told by the start, which tries again.
if (typeof document !== 'undefined') void requested();
