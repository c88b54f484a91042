import { createIntelliAuthPlugin, useIntelliAuth } from '@intelliauth/spa-sdk/vue';

export const plugin = createIntelliAuthPlugin({ tenantUrl: 'https://tenant.example', clientId: 'app' });
export const signIn = () => useIntelliAuth().loginWithRedirect();
