//! What JavaScript sees: names and types, no logic.

#[cfg(feature = "js")]
mod client;
#[cfg(feature = "js-explain")]
mod doctor;
#[cfg(feature = "js-explain")]
mod explain;
mod memory;
mod options;
#[cfg(feature = "js-explain")]
mod protocol;

#[global_allocator]
static ALLOCATOR: memory::Blocks = memory::Blocks::new();
