// Preloaded into the servers of `npm start`: stdin is a pipe held by the script, and the kernel closes it
// however the script ends, even by SIGKILL.
process.stdin
  .on('end', () => process.exit())
  .on('error', () => process.exit())
  .resume();
process.stdin.unref?.();
