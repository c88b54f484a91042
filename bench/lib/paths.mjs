import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The bench's own folder, which has its own node_modules. */
export const here = dirname(dirname(fileURLToPath(import.meta.url)));
export const root = dirname(here);
export const docs = join(root, 'docs/performance.md');
export const figures = join(root, 'docs/performance');
export const measured = join(figures, 'measured.json');
