//! What JavaScript sees: names and types, no logic.

#[cfg(feature = "js")]
mod client;
#[cfg(feature = "js-explain")]
mod doctor;
#[cfg(feature = "js-explain")]
mod explain;
mod options;
#[cfg(feature = "js-explain")]
mod protocol;

/// A third of the standard one's size.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
