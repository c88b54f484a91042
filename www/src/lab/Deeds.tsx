import { useId, useState } from 'react';

import type { State } from './course';
import { nameOf } from './words';

const toTab: readonly [command: string, label: string][] = [
  ['freeze', 'Freeze it'],
  ['thaw', 'Thaw it'],
  ['duplicate', 'Duplicate it'],
  ['reload', 'Reload it'],
  ['close', 'Close it'],
  ['signin', 'Sign in in it'],
  ['signout', 'Sign out in it'],
  ['refresh', 'Let its app ask for a new token'],
  ['steal', 'Let other code take its lock away'],
];

const toWorld: readonly [command: string, label: string][] = [
  ['lose messages', 'Lose the messages on their way'],
  ['lose requests', 'Lose the requests and answers on their way'],
  ['lose answer', 'Lose the next answer'],
  ['tab', 'Open another tab'],
  ['clear', 'Clear the storage'],
  ['sleep 600', 'Let the device sleep 10 minutes'],
  ['revoke', 'End the session at the provider'],
];

interface DeedsProps {
  state: State | undefined;
  act: (command: string) => void;
}

/** What can be done to the world at the present moment. */
export function Deeds({ state, act }: DeedsProps) {
  const group = useId();
  const [chosen, setChosen] = useState(0);
  const open = (state?.tabs ?? []).flatMap((tab, number) => (tab.open ? [number] : []));
  const tab = open.includes(chosen) ? chosen : (open[0] ?? 0);
  const now = state?.tabs[tab];
  const signedIn = now?.token !== undefined;
  const useless = new Set([
    now?.frozen ? 'freeze' : 'thaw',
    signedIn ? 'signin' : 'signout',
    ...(signedIn ? [] : ['refresh']),
    ...(state?.holder === tab ? [] : ['steal']),
    ...(now?.frozen ? ['signin', 'signout', 'refresh'] : []),
  ]);
  const button = ([command, label]: readonly [string, string], object = '') => (
    <button key={command} type="button" className="plain small" onClick={() => act(`${command}${object}`)}>
      {label}
    </button>
  );
  return (
    <div className="deeds">
      <fieldset>
        <legend>To a tab, at this moment</legend>
        <div className="choice">
          {open.map((number) => (
            <label key={number}>
              <input
                type="radio"
                name={group}
                checked={number === tab}
                onChange={() => setChosen(number)}
                value={number}
              />
              {nameOf(number)}
            </label>
          ))}
        </div>
        <div className="buttons">
          {toTab.filter(([command]) => !useless.has(command)).map((deed) => button(deed, ` ${tab}`))}
        </div>
      </fieldset>
      <fieldset>
        <legend>To everything around them</legend>
        <div className="buttons">
          {button(
            state?.online === false ? ['online', 'Restore the network'] : ['offline', 'Cut the network'],
          )}
          {button(
            state?.storage === 'works' ? ['fill', 'Fill the storage'] : ['free', 'Make room in the storage'],
          )}
          {toWorld.map((deed) => button(deed))}
        </div>
      </fieldset>
    </div>
  );
}
