// Requests to the provider, and what becomes of them.
import { arrow, dot, type Teller } from './course';
import { answers } from './words';

export const requests: Record<string, Teller> = {
  sent(course, told) {
    const { tab, who, what, token } = told;
    if (!course.all && (what === 'metadata' || what === 'keys')) return;
    const content: Record<string, string> = {
      refresh: `the refresh token of ${token}`,
      code: 'the code and its verifier',
      revoke: `the refresh token of ${token}, to be revoked`,
      metadata: 'a request for the metadata',
      keys: 'a request for the keys',
    };
    course.add(told, `${who} sends ${content[what]}`, [arrow(tab, 'provider')]);
  },
  never_arrived(course, told) {
    const busy = told.what === 'busy';
    const caption = busy ? 'The provider is busy' : `The request of ${told.who.toLowerCase()} never arrives`;
    course.add(told, caption, [arrow(told.tab, 'provider', true)], 'chance');
  },
  arrived(course, told) {
    const { what, token } = told;
    if (what === 'tokens') {
      course.set({ issued: token });
      const index = Number(token?.slice(1));
      const spent = index > 0 ? `; ${token?.[0]}${index - 1} is spent` : '';
      course.add(told, `The provider gives out ${token}${spent}`, [dot('provider', token)]);
    } else if (what === 'reuse') {
      course.set({ issued: undefined });
      const caption = `The provider sees ${token}’s refresh token a second time, and ends the session`;
      course.add(told, caption, [dot('provider')], 'bad');
    } else if (what === 'refused') {
      course.add(told, 'The provider refuses', [dot('provider')], 'chance');
    } else if (what === 'revoked') {
      course.set({ issued: undefined });
      course.add(told, 'The provider ends the session', [dot('provider')]);
    }
  },
  answer_lost(course, told) {
    const mark = arrow('provider', told.tab, true);
    course.add(told, `The answer to ${told.who.toLowerCase()} is lost`, [mark], 'chance');
  },
  answered(course, told) {
    const { tab, who, what, number = -1 } = told;
    if (!course.all && !course.tokenRequests.has(number)) return;
    const good = what === 'tokens';
    const lost = what === 'timeout' || what === 'network_error';
    const caption = good ? `${who} has the provider’s answer` : `${who} gets ${answers[what] ?? what}`;
    course.add(told, caption, [arrow('provider', tab, lost)], good ? 'plain' : 'chance');
  },
};
