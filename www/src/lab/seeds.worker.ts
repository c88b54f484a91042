// Runs seeds beside the page, a few at a time, so that progress can be shown.
import { simulation } from './engine';

const AT_ONCE = 5;

addEventListener('message', async ({ data }: MessageEvent) => {
  const { first, count, without } = data;
  const { seeds } = await simulation();
  for (let done = 0; done < count; done += AT_ONCE) {
    postMessage(seeds(first + done, Math.min(AT_ONCE, count - done), without));
  }
  postMessage('done');
});
