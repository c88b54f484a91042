import assert from 'node:assert/strict';
import * as sdk from '@intelliauth/spa-sdk';
import * as explain from '@intelliauth/spa-sdk/explain';
import * as protocol from '@intelliauth/spa-sdk/protocol';
import * as sdkReact from '@intelliauth/spa-sdk/react';
import * as kit from '@intelliauth/spa-sdk/testing';
import * as kitReact from '@intelliauth/spa-sdk/testing/react';
import * as react from 'react';
import * as reactDom from 'react-dom/client';
import { test } from 'vitest';
import checks from './checks.cjs';

const modules = { sdk, sdkReact, kit, kitReact, explain, protocol, react, reactDom, assert };
for (const [name, check] of Object.entries(checks(modules))) test(name, check);
