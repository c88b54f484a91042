export { type ErrorCode, IntelliAuthError, isIntelliAuthError } from '../errors.js';
export type * from '../types.js';
export {
  type Interceptor,
  interceptPlatform,
  platformFetch,
  platformHandlers,
  platformListener,
  type RequestHandlers,
  type RoutedPage,
  routePlatform,
} from './adapters.js';
export {
  type AuthMethod,
  createTestClient,
  type TestCall,
  type TestClient,
  type TestClientOptions,
  type TestEvent,
} from './client.js';
export {
  type Algorithm,
  createFakePlatform,
  type FakePlatform,
  type FakePlatformOptions,
  type FakeUser,
  type PlatformEndpoint,
  type PlatformFault,
  type PlatformLogEntry,
  type PlatformRequest,
  type PlatformSession,
} from './platform.js';
export { failed, loading, type SignedInOptions, signedInAs, signedOut, testError } from './states.js';
