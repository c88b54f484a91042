import '@intelliauth/spa-sdk/preload';
import './intelliauth.js';
