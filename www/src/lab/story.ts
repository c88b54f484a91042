// From the simulation's log to what is drawn.
import { Course, type Row } from './course';
import type { Played } from './engine';
import { requests } from './tellers.requests';
import { shared } from './tellers.shared';
import { tabs } from './tellers.tabs';
import { nameOf } from './words';

const tellers = { ...tabs, ...shared, ...requests };

/** The rows of a course. With `all` also what is hidden otherwise: sign-in records, marks, the callback's lock. */
export function rowsOf({ entries }: Played, all: boolean): readonly Row[] {
  const course = new Course(entries, all);
  for (const entry of entries) {
    const { tab = 0, text = '' } = entry;
    const [what = '', place = ''] = text.split(' ');
    tellers[entry.kind]?.(course, { ...entry, tab, who: nameOf(tab), what, place });
  }
  return course.rows;
}
