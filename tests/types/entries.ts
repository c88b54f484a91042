// Entries whose declarations are looked at as they are.
export type * as devtools from '@intelliauth/spa-sdk/devtools';
export type * as explain from '@intelliauth/spa-sdk/explain';
export type * as protocol from '@intelliauth/spa-sdk/protocol';
