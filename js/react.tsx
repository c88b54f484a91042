'use client';
export { type ErrorCode, IntelliAuthError, isIntelliAuthError } from './errors.js';
export {
  RequireAuth,
  type RequireAuthOptions,
  type RequireAuthProps,
  withAuthenticationRequired,
} from './react.guard.js';
export {
  type AccessToken,
  type SuspenseIntelliAuth,
  useAccessToken,
  useSuspenseIntelliAuth,
  useUser,
} from './react.hooks.js';
export {
  SignedIn,
  type SignedInProps,
  SignedOut,
  SignInError,
  type SignInErrorProps,
} from './react.parts.js';
export {
  IntelliAuthContext,
  IntelliAuthProvider,
  type IntelliAuthProviderProps,
  type UseIntelliAuth,
  useIntelliAuth,
} from './react.provider.js';
export type * from './types.js';
