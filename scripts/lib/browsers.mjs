// Where browsers and their drivers lie, on systems of each kind: on PATH, where installers put them, or where the
// environment says.
import { posix, win32 } from 'node:path';

const CHANNELS = ['', ' Beta', ' Dev', ' Canary', ' SxS'];
const channels = (name) => CHANNELS.map((channel) => `${name}${channel}`);

/** In the order in which they are taken; a driver drives its own browser alone. */
const KINDS = [
  {
    names: [
      ...['chromium', 'chromium-browser', 'chrome'],
      ...['google-chrome', 'google-chrome-stable', 'google-chrome-beta', 'google-chrome-unstable'],
    ],
    apps: [...channels('Google Chrome'), 'Chromium'],
    folders: [...channels('Google/Chrome'), 'Chromium'],
    program: 'chrome.exe',
    driver: 'chromedriver',
    hosted: 'CHROMEWEBDRIVER',
  },
  {
    names: ['', '-stable', '-beta', '-dev'].map((channel) => `microsoft-edge${channel}`),
    apps: channels('Microsoft Edge'),
    folders: channels('Microsoft/Edge'),
    program: 'msedge.exe',
    driver: 'msedgedriver',
    hosted: 'EDGEWEBDRIVER',
  },
];

/**
 * A browser that Playwright drives, and a driver of one that is there: not always the same browser.
 *
 * @param {object} system
 * @param {string} system.platform as Node names it
 * @param {Record<string, string | undefined>} system.env
 * @param {(path: string) => boolean} system.exists whether there is a program
 * @returns {{ chrome?: string, driver?: { variable: string, path: string } }} `variable`: by which environment variable
 * wasm-bindgen's test runner is told of such a driver
 */
export function browsers({ platform, env: given, exists }) {
  // Windows does not tell names apart by their case.
  const upper = ([name, value]) => [platform === 'win32' ? name.toUpperCase() : name, value];
  const env = Object.fromEntries(Object.entries(given).map(upper));
  const { join, delimiter } = platform === 'win32' ? win32 : posix;
  const suffix = platform === 'win32' ? '.exe' : '';
  const onPath = (name) =>
    (env.PATH ?? '')
      .split(delimiter)
      .map((folder) => join(folder, name + suffix))
      .find(exists);
  const first = (paths) => paths.find((path) => path !== undefined && exists(path));

  /** Where a browser lies on systems that keep programs off PATH. */
  function installed({ apps, folders, program }) {
    if (platform === 'darwin') {
      const places = ['/Applications', env.HOME && join(env.HOME, 'Applications')].filter(Boolean);
      return apps.flatMap((app) => places.map((place) => join(place, `${app}.app/Contents/MacOS`, app)));
    }
    if (platform !== 'win32') return [];
    const places = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean);
    return folders.flatMap((folder) => places.map((place) => join(place, folder, 'Application', program)));
  }

  const browserOf = (kind) => first(kind.names.map(onPath)) ?? first(installed(kind));
  const driverOf = ({ driver, hosted }) => {
    const variable = driver.toUpperCase();
    const given = env[hosted] && join(env[hosted], driver + suffix);
    const path = env[variable] || first([given]) || onPath(driver);
    return path && { variable, path };
  };
  const present = KINDS.filter(browserOf);
  // A browser that is named may be any: by its name only Edge is told from the others.
  if (env.CHROME) present.unshift(KINDS[/edge/i.test(env.CHROME) ? 1 : 0]);
  return {
    chrome: env.CHROME || present.map(browserOf)[0],
    driver: present.map(driverOf).find(Boolean),
  };
}
