import { execFileSync } from 'node:child_process';

// Vue 3.3 and React declare one global JSX each: an app has one of them.
for (const project of ['.', 'vue']) {
  const args = ['node_modules/typescript/bin/tsc', '-p', project, ...process.argv.slice(2)];
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}
