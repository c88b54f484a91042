//! What a client was told and did in a simulated world is written down, read back, and told to a new client.

use super::plan::{Dice, Plan};
use super::scenarios::{FORCE, MINUTE, duplicate, signed_in, world};
use super::world::World;
use super::{complete, plan};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::native::engine;
use intelliauth_spa_sdk::native::record::Recording;

/// The world's clients, written and read.
fn recordings(world: &World) -> Vec<Recording> {
    let recorded = world.docs.iter().filter_map(|doc| doc.recording.as_ref());
    let read =
        |recording: &Recording| Recording::from_text(&recording.to_text()).expect("what was written is read");
    recorded
        .map(|recording| (recording, read(recording)))
        .inspect(|(one, other)| assert_eq!(one, &other))
        .map(|(_, read)| read)
        .collect()
}

#[test]
fn every_client_does_the_same_again() {
    let (mut clients, mut inputs) = (0, 0);
    for seed in 1..=10 {
        let plan = Plan::of(&mut Dice::new(seed ^ 0xa076_1d64_78bd_642f), false);
        let mut world = World::new(plan, seed, false);
        world.records = true;
        for (doc, recording) in recordings(&complete(world)).iter().enumerate() {
            (clients, inputs) = (clients + 1, inputs + recording.len());
            if let Err(difference) = recording.replay(engine) {
                panic!("seed {seed}, doc {doc}: {difference}");
            }
        }
    }
    eprintln!("{clients} clients, {inputs} inputs");
    assert!(clients > 50 && inputs > 2_000, "{clients} clients, {inputs} inputs");
}

/// Two tabs, one refresh.
fn refreshed() -> World {
    let mut world = world(TokenStorage::Session, plan::Rotation::Rotating, 5 * MINUTE);
    world.records = true;
    let first = signed_in(&mut world);
    duplicate(&mut world, first);
    world.get_token(first, FORCE);
    world.pass(MINUTE);
    world
}

#[test]
fn the_first_difference_is_told() {
    for (from, to, recorded, replayed) in [
        // Another answer: what it leads to is told.
        (r#"\"expires_in\":300"#, r#"\"expires_in\":200"#, "expires_at=", "expires_at="),
        // Another action.
        (r#""unlock":"#, r#""steal":"#, "steal", "unlock"),
        // A read that was not made.
        ("intelliauth.", "intelligence.", "intelligence.", "intelliauth."),
    ] {
        let texts = refreshed()
            .docs
            .iter()
            .filter_map(|doc| Some(doc.recording.as_ref()?.to_text()))
            .collect::<Vec<_>>();
        let text = texts.iter().find(|text| text.contains(from)).expect("it is somewhere");
        let recording = Recording::from_text(&text.replacen(from, to, 1)).unwrap();
        let difference = recording.replay(engine).unwrap_err();
        let text = difference.to_string();
        assert!(difference.recorded.is_some_and(|text| text.contains(recorded)), "{text}");
        assert!(difference.replayed.is_some_and(|text| text.contains(replayed)), "{text}");
    }
}

#[test]
fn secrets_stand_beside_the_record_alone() {
    let recordings = recordings(&refreshed());
    let texts: Vec<_> = recordings.iter().map(Recording::to_text).collect();
    assert!(texts.iter().any(|text| text.contains("⟨access_token 2⟩")));
    for text in texts {
        let mut record: serde_json::Value = serde_json::from_str(&text).unwrap();
        let secrets = record.as_object_mut().unwrap().remove("secrets").unwrap();
        let record = record.to_string();
        // The nonce of these worlds is the word.
        for (name, secret) in secrets.as_object().unwrap().iter().filter(|(name, _)| *name != "nonce 1") {
            assert!(!record.contains(secret.as_str().unwrap()), "{name} in {record}");
        }
        for secret in ["at.0.", "rt.0.", "code.0", "verifier.", "id.0"] {
            assert!(!record.contains(secret), "{secret} in {record}");
        }
    }
}

#[test]
fn what_is_no_recording_is_not_read() {
    let text = recordings(&refreshed())[0].to_text();
    for text in ["", "{}", "[1]", &text[1..], &text.replacen(r#""format":1"#, r#""format":2"#, 1)] {
        assert!(Recording::from_text(text).is_none(), "{text:.80}");
    }
}
