import webpack from 'webpack';
import { compile } from './compile.mjs';

compile(webpack);
