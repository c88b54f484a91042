//! Worlds that lie: the checks must notice. A simulation that passes everything proves nothing.

use super::checks;
use super::many;
use super::plan::Lie;

/// The first seed that fails in a world with `lie`, and by which rule.
fn caught(lie: Lie) -> &'static str {
    let (found, _) = many(1, 300, false, Some(lie), 1);
    let (_, broken) = found.unwrap_or_else(|| panic!("{lie:?}: 300 seeds, and nothing was noticed"));
    broken.rule
}

#[test]
fn a_lock_that_grants_twice_is_noticed() {
    assert_eq!(caught(Lie::DoubleGrant), checks::ONE_SEND);
}

#[test]
fn reads_that_stay_stale_are_noticed() {
    assert_eq!(caught(Lie::StaleForever), checks::ONE_CODE);
}

#[test]
fn a_channel_that_drops_everything_is_noticed() {
    assert_eq!(caught(Lie::DeafChannel), checks::LOST);
}
