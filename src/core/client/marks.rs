//! Marks: small entries that hold no secret and that every tab of the origin can read, while a tab's own records cannot
//! be read by others. One says that a state was spent, or that a session was signed out.

use crate::core::base::clock::{Millis, WallTime};
use crate::core::base::text::{concat, number};

/// The mark that says a session's name is signed out, for tabs that were not there to hear it. As long as the mark of a
/// spent state, so that it fits where one of those made room.
pub fn ended_mark(sid: &str) -> String {
    concat(&[OUT, sid.get(OUT.len()..).unwrap_or_default()])
}

const OUT: &str = "out.";

/// How long a mark is valid. A spent state's must last longer than its transaction. A signed-out session's lasts
/// longer, because a tab that was discarded with the session may be restored much later.
pub fn mark_lifetime(mark: &str) -> Millis {
    const DAY: Millis = Millis::seconds(24 * 60 * 60);
    if mark.starts_with(OUT) { DAY.times(30) } else { DAY }
}

/// Which of the stored marks, key and text, are to be removed before another is written, and which one makes room
/// should storage be full: the one that would go first anyway.
pub fn sweep(stored: &[(String, String)], now: WallTime) -> (Vec<String>, Option<String>) {
    let (mut gone, mut oldest) = (Vec::new(), None);
    let mut first = i64::MAX;
    for (key, text) in stored {
        match number(text) {
            Some(until) if until < now.0 => gone.push(key.clone()),
            Some(until) if until < first => {
                first = until;
                oldest = Some(key);
            }
            _ => {}
        }
    }
    (gone, oldest.cloned())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::base::encoding::fingerprint;

    #[test]
    fn a_signed_out_session_fits_where_a_spent_state_made_room() {
        assert_eq!(ended_mark(&fingerprint("a session")).len(), fingerprint("a state").len());
        assert_ne!(ended_mark(&fingerprint("a")), ended_mark(&fingerprint("b")));
        assert_eq!(ended_mark("é"), OUT, "a name that is none of ours");
    }

    #[test]
    fn old_marks_go_and_the_oldest_of_the_others_makes_room() {
        let stored = [("old", "1"), ("late", "30"), ("next", "20"), ("odd", "x")];
        let stored = stored.map(|(key, until)| (key.to_owned(), until.to_owned())).to_vec();
        assert_eq!(sweep(&stored, WallTime(10)), (vec!["old".to_owned()], Some("next".to_owned())));
        assert_eq!(sweep(&[], WallTime(10)), (Vec::new(), None));
    }
}
