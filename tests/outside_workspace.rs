//! What packages outside the workspace do with the crate: no layer builds them, because they bring a fuzzer and other
//! libraries. Their own code is compiled here, and run: so it does not break unseen.
#![cfg(not(target_arch = "wasm32"))]

// What the targets `use` is this file.
extern crate self as libfuzzer_sys;

/// A target's data, as a seed gives it.
trait Data<'a> {
    fn of(seed: &'a str) -> Self;
}

impl<'a> Data<'a> for &'a str {
    fn of(seed: &'a str) -> Self {
        seed
    }
}

impl<'a> Data<'a> for (&'a str, &'a str) {
    fn of(seed: &'a str) -> Self {
        (seed, seed)
    }
}

impl<'a> Data<'a> for (&'a str, &'a str, bool) {
    fn of(seed: &'a str) -> Self {
        (seed, seed, true)
    }
}

impl<'a> Data<'a> for (u16, &'a str) {
    fn of(seed: &'a str) -> Self {
        (200, seed)
    }
}

/// In place of libFuzzer's.
mod fuzzer {
    macro_rules! fuzz_target {
        (|$data:ident: $type:ty| $body:block) => {
            pub fn run(seed: &str) {
                let $data: $type = crate::Data::of(seed);
                $body
            }
        };
    }
    pub(crate) use fuzz_target;
}
pub(crate) use fuzzer::fuzz_target;

/// The targets, each as its own file has it.
#[path = "../fuzz/fuzz_targets"]
mod targets {
    #![allow(unused_attributes)]
    pub mod callback;
    pub mod explain;
    pub mod id_token;
    pub mod metadata;
    pub mod records;
    pub mod return_to;
    pub mod token_response;
}

#[path = "../bench/native/src/lib.rs"]
#[allow(unused_imports)]
mod bench;

#[test]
fn every_fuzz_target_compiles_and_passes_its_seeds() {
    type Target = (&'static str, fn(&str));
    let targets: &[Target] = &[
        ("callback", targets::callback::run),
        ("explain", targets::explain::run),
        ("id_token", targets::id_token::run),
        ("metadata", targets::metadata::run),
        ("records", targets::records::run),
        ("return_to", targets::return_to::run),
        ("token_response", targets::token_response::run),
    ];
    let fuzz = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let mut files: Vec<_> = std::fs::read_dir(fuzz.join("fuzz_targets"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(
        files,
        targets.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        "a target that is not named here"
    );
    for (name, run) in targets {
        for seed in std::fs::read_dir(fuzz.join("seeds").join(name)).unwrap() {
            run(&String::from_utf8_lossy(&std::fs::read(seed.unwrap().path()).unwrap()));
        }
    }
}

#[test]
fn the_native_benchmark_does_its_work() {
    let config = bench::config();
    let (_, transaction) = bench::begin(&config, bench::entropy(|| [7; 32]));
    bench::callback(&config, &bench::callback_url(&transaction), &transaction);
    bench::token_outcome(&bench::token_response("nonce"));
    bench::tokens(&config, &bench::token_response(transaction.nonce.expose()), &transaction);
    bench::signed_in(|| [7; 32]).token();
}
