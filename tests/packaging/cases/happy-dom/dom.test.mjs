import './register.cjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import checks from './checks.cjs';

const modules = {
  sdk: await import('@intelliauth/spa-sdk'),
  sdkReact: await import('@intelliauth/spa-sdk/react'),
  kit: await import('@intelliauth/spa-sdk/testing'),
  kitReact: await import('@intelliauth/spa-sdk/testing/react'),
  explain: await import('@intelliauth/spa-sdk/explain'),
  protocol: await import('@intelliauth/spa-sdk/protocol'),
  react: await import('react'),
  reactDom: await import('react-dom/client'),
};
for (const [name, check] of Object.entries(checks({ ...modules, assert }))) test(name, check);
