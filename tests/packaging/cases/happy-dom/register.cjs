const { GlobalRegistrator } = require('@happy-dom/global-registrator');
const { after } = require('node:test');

GlobalRegistrator.register({ url: 'https://app.example/' });
after(() => GlobalRegistrator.unregister());
