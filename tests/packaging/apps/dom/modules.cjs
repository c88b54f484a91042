/** What the checks check, where modules are CommonJS. */
module.exports = {
  sdk: require('@intelliauth/spa-sdk'),
  sdkReact: require('@intelliauth/spa-sdk/react'),
  kit: require('@intelliauth/spa-sdk/testing'),
  kitReact: require('@intelliauth/spa-sdk/testing/react'),
  explain: require('@intelliauth/spa-sdk/explain'),
  protocol: require('@intelliauth/spa-sdk/protocol'),
  react: require('react'),
  reactDom: require('react-dom/client'),
};
