//! The browser's APIs, one file each, in the terms of [`crate::core`]. Nothing here decides anything.

pub mod clock;
pub mod host;
pub mod json;
pub mod navigation;
pub mod net;
pub mod random;
pub mod runner;
pub mod signature;
pub mod storage;
