// `npm start`: the package built, a provider to sign in with, and the demo. Ctrl-C ends all of it.
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { lab } from './lab.mjs';
import { Advice, Failed, isStopping, root, start, stopAll } from './lib/run.mjs';
import { bold, dim, main, step } from './lib/step.mjs';
import { node } from './setup.mjs';

const port = (name, standard) => {
  const value = process.env[name] || String(standard);
  if (!/^\d+$/.test(value) || value < 1 || value > 65535) throw new Advice(`${name}=${value} is no port`);
  return Number(value);
};

/** Whether a server answers on this port, by either address of this machine. */
async function taken(number) {
  const answers = (host) =>
    new Promise((resolve) => {
      const socket = connect({ host, port: number, timeout: 1000 });
      const say = (answer) => () => {
        socket.destroy();
        resolve(answer);
      };
      socket.on('connect', say(true)).on('error', say(false)).on('timeout', say(false));
    });
  return (await Promise.all(['127.0.0.1', '::1'].map(answers))).includes(true);
}

/** Starts a Node server and waits until it answers. It dies with this process, and this process with it. */
async function serve(name, number, args, options) {
  let ready = false;
  const orphan = pathToFileURL(join(root, 'scripts/lib/orphan.mjs')).href;
  const onLine = (line) => ready && line.trim() && console.log(`${dim(name)} ${line}`);
  const server = start(process.execPath, ['--import', orphan, ...args], { ...options, onLine });
  const ended = server.done.then((code) => {
    throw new Failed(`${name} ended with ${code}`, server.output);
  });
  ended.catch(() => {});
  await step(name, async () => {
    const answering = async () => {
      for (let tries = 0; !(await taken(number)); tries++) {
        if (tries === 150) throw new Failed(`${name} does not answer on port ${number}`, server.output);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    await Promise.race([answering(), ended]);
    ready = true;
    return `http://localhost:${number}`;
  });
  return { ended };
}

await main(async () => {
  await node();
  const providerPort = port('PROVIDER_PORT', 4000);
  const demoPort = port('DEMO_PORT', 5173);
  for (const [name, number] of Object.entries({ PROVIDER_PORT: providerPort, DEMO_PORT: demoPort })) {
    if (await taken(number)) {
      throw new Advice(
        `Port ${number} is taken: stop what uses it, or choose another: ${name}=${number + 1} npm start`,
      );
    }
  }
  await build();
  await lab();
  const env = { PROVIDER_PORT: String(providerPort), DEMO_PORT: String(demoPort) };
  const provider = await serve('provider', providerPort, ['provider/cli.js'], { env });
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, '--port', String(demoPort), '--strictPort', '--clearScreen=false'];
  const demo = await serve('demo', demoPort, args, { env, cwd: join(root, 'www') });

  const { accounts } = await import('../provider/accounts.js');
  const who = ({ profile, password }) => `${profile.email.padEnd(20)} ${dim(`password ${password}`)}`;
  console.log(`\n  The demo       ${bold(`http://localhost:${demoPort}`)}`);
  console.log(`  The provider   ${bold(`http://localhost:${providerPort}`)}`);
  console.log(`  Sign in as     ${accounts.map(who).join('\n                 ')}`);
  console.log(
    `  To read        ${bold('npm run docs')} ${dim('the documentation as a site, or docs/README.md')}`,
  );
  console.log(dim('\n  Ctrl-C stops both.\n'));

  try {
    await Promise.race([provider.ended, demo.ended]);
  } finally {
    if (!isStopping()) await stopAll();
  }
});
