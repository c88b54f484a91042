import { createIntelliAuthPlugin } from '@intelliauth/spa-sdk/vue';
import { createApp } from 'vue';
import { createRouter, createWebHistory, RouterView } from 'vue-router';
import Account from './Account.vue';

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Account },
    { path: '/callback', component: Account },
  ],
});
const intelliAuth = createIntelliAuthPlugin({
  // The test's own provider, given before the page loads.
  ...window.given,
  redirectUri: '/callback',
  navigate: (url) => router.replace(url),
});
createApp(RouterView).use(router).use(intelliAuth).mount('main');
