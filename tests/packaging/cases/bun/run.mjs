// npm may have been told to run no install script, and Bun's fetches its program.
import { spawnSync } from 'node:child_process';

const run = (...command) => {
  const { status } = spawnSync(command[0], command.slice(1), { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
run(process.execPath, 'node_modules/bun/install.js');
run('node_modules/bun/bin/bun.exe', process.argv[2]);
