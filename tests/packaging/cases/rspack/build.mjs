import { rspack } from '@rspack/core';
import { compile } from './compile.mjs';

compile(rspack);
