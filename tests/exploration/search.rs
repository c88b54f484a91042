//! Breadth first, so that the first counterexample is a shortest one. A state is expanded once; the end is an empty
//! frontier.

use super::automaton::Automaton;
use super::checks::RESTS;
use super::choice::Move;
use super::scenario::{Fault, Scenario};
use super::world::World;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Longer than any course of a small world that comes to rest.
const DEEPEST: usize = 400;

#[derive(Debug)]
pub struct Found {
    pub rule: &'static str,
    pub what: String,
    pub moves: Vec<Move>,
}

#[derive(Default)]
pub struct Explored {
    pub states: usize,
    pub transitions: usize,
    /// States in which nothing happens any more by itself.
    pub rests: usize,
    pub depth: usize,
    pub time: Duration,
    /// States and steps of one client.
    pub client: (usize, usize),
    /// Whether the frontier is empty.
    pub complete: bool,
    pub found: Option<Found>,
}

struct Child {
    world: World,
    digest: u64,
    parent: u32,
    by: Move,
}

/// What came of some states.
#[derive(Default)]
struct Part {
    children: Vec<Child>,
    /// From a state to the digest of one that follows.
    edges: Vec<(u32, u64)>,
    transitions: usize,
    rests: usize,
    broken: Option<(u32, Move, &'static str, String)>,
}

/// Explores until nothing is left, `most` states are known, or a rule is broken.
pub fn explore(scenario: &Scenario, threads: usize, most: usize) -> Explored {
    let began = Instant::now();
    let automaton = Automaton::new(scenario.config(), 7);
    let world = World::new(scenario, &automaton);
    let mut seen = HashMap::from([(world.digest(&automaton), 0)]);
    let mut edges: Vec<(u32, u32)> = Vec::new();
    let mut parents: Vec<(u32, Option<Move>)> = vec![(0, None)];
    let mut frontier = vec![(0, world)];
    let mut result = Explored::default();
    while !frontier.is_empty() && result.found.is_none() && parents.len() < most {
        result.depth += 1;
        if result.depth > DEEPEST {
            let moves = course(&parents, frontier[0].0, None);
            result.found = Some(Found { rule: RESTS, what: format!("{DEEPEST} steps"), moves });
            break;
        }
        let share = frontier.len().div_ceil(threads).max(1);
        let parts: Vec<Part> = std::thread::scope(|scope| {
            let (scenario, automaton, seen) = (&scenario, &automaton, &seen);
            let workers: Vec<_> = frontier
                .chunks(share)
                .map(|chunk| scope.spawn(move || expand(scenario, automaton, seen, chunk)))
                .collect();
            workers.into_iter().map(|worker| worker.join().expect("no worker panics")).collect()
        });
        frontier.clear();
        for part in parts {
            result.transitions += part.transitions;
            result.rests += part.rests;
            if let Some((parent, by, rule, what)) = part.broken
                && result.found.is_none()
            {
                result.found = Some(Found { rule, what, moves: course(&parents, parent, Some(by)) });
            }
            for child in part.children {
                if let Entry::Vacant(place) = seen.entry(child.digest) {
                    place.insert(parents.len() as u32);
                    frontier.push((parents.len() as u32, child.world));
                    parents.push((child.parent, Some(child.by)));
                }
            }
            edges.extend(part.edges.iter().map(|(from, to)| (*from, seen[to])));
        }
    }
    if frontier.is_empty()
        && result.found.is_none()
        && let Some(state) = turning(parents.len(), &edges)
    {
        let moves = course(&parents, state, None);
        result.found = Some(Found { rule: RESTS, what: "it leads back to where it was".into(), moves });
    }
    if std::env::var("EXPLORE_SHOW").is_ok() && result.found.is_none() && !frontier.is_empty() {
        let moves = course(&parents, frontier[0].0, None);
        result.found = Some(Found { rule: "unfinished", what: String::new(), moves });
    }
    result.complete = frontier.is_empty() && result.found.is_none();
    result.states = parents.len();
    result.client = automaton.size();
    result.time = began.elapsed();
    result
}

fn expand(
    scenario: &Scenario,
    automaton: &Automaton,
    seen: &HashMap<u64, u32>,
    states: &[(u32, World)],
) -> Part {
    let mut part = Part::default();
    // Most children of one level are another's too.
    let mut own: HashSet<u64> = HashSet::new();
    for (number, world) in states {
        let choices = world.choices(scenario);
        if world.at_rest() {
            part.rests += 1;
        }
        let mut moves = choices.into_iter().map(|choice| Move { choice, failing: None }).collect::<Vec<_>>();
        while let Some(by) = moves.pop() {
            let mut next = world.clone();
            let writes = match next.choose(scenario, automaton, by) {
                Some(()) => next.writes,
                None => continue,
            };
            part.transitions += 1;
            if by.failing.is_none() {
                for fault in [Fault::WriteFails, Fault::Blocked] {
                    if world.may_have(scenario, fault) && next.faults.len() < scenario.budget.into() {
                        let failing = |write| Move { failing: Some((write, fault)), ..by };
                        moves.extend((0..writes).map(failing));
                    }
                }
            }
            if next.at_rest() {
                let mut last = next.clone();
                last.check_rest(scenario, automaton);
                next.broken = next.broken.or(last.broken);
            } else if next.choices(scenario).is_empty() {
                next.broke(RESTS, "nothing is left to wait for".into());
            }
            if let Some((rule, what)) = next.broken {
                part.broken.get_or_insert((*number, by, rule, what));
                continue;
            }
            let digest = next.digest(automaton);
            part.edges.push((*number, digest));
            if !seen.contains_key(&digest) && own.insert(digest) {
                part.children.push(Child { world: next, digest, parent: *number, by });
            }
        }
    }
    part
}

/// A state on a course that leads back to itself, if there is one: it would never come to rest.
fn turning(states: usize, edges: &[(u32, u32)]) -> Option<u32> {
    let mut before = vec![0u32; states];
    let mut first = vec![0u32; states + 1];
    for (from, to) in edges {
        before[*to as usize] += 1;
        first[*from as usize + 1] += 1;
    }
    for state in 0..states {
        first[state + 1] += first[state];
    }
    let mut place = first.clone();
    let mut after = vec![0u32; edges.len()];
    for (from, to) in edges {
        after[place[*from as usize] as usize] = *to;
        place[*from as usize] += 1;
    }
    let mut free: Vec<u32> = (0..states as u32).filter(|state| before[*state as usize] == 0).collect();
    while let Some(state) = free.pop() {
        let state = state as usize;
        for next in &after[first[state] as usize..first[state + 1] as usize] {
            before[*next as usize] -= 1;
            if before[*next as usize] == 0 {
                free.push(*next);
            }
        }
    }
    before.iter().position(|left| *left > 0).map(|state| state as u32)
}

/// The moves that lead to the state `number`, and one more.
fn course(parents: &[(u32, Option<Move>)], mut number: u32, last: Option<Move>) -> Vec<Move> {
    let mut moves: Vec<_> = last.into_iter().collect();
    while let (before, Some(by)) = parents[number as usize] {
        moves.push(by);
        number = before;
    }
    moves.reverse();
    moves
}

/// What happens in a course, to be read.
pub fn story(scenario: &Scenario, found: &Found) -> String {
    let automaton = Automaton::new(scenario.config(), 7);
    let mut world = World::new(scenario, &automaton);
    world.story = Some(Vec::new());
    for by in &found.moves {
        world.choose(scenario, &automaton, *by);
    }
    if world.at_rest() && world.broken.is_none() {
        world.check_rest(scenario, &automaton);
    }
    let lines = world.story.unwrap_or_default();
    format!("{}: {}: {}\n{}", scenario.name, found.rule, found.what, lines.join("\n"))
}
